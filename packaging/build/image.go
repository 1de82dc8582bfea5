package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// image writes a program's image for all architectures: an OCI layout in a tar
// archive, with one index in which each engine finds its own.
func (b build) image(p program, trees map[string]tree) (string, error) {
	tag := strings.NewReplacer("~", "-", "+", "-").Replace(b.version) // tags have neither
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, arch := range b.archs {
		one, err := b.platform(p, arch, trees[arch])
		if err != nil {
			return "", err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add: one, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: arch}}})
	}
	whole := mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex), mutate.IndexAddendum{
		Add: index, Descriptor: v1.Descriptor{Annotations: map[string]string{"org.opencontainers.image.ref.name": p.name + ":" + tag}}})
	name := p.name + "-" + b.version + ".oci.tar"
	return name, b.write(name, func(f *os.File) error { return b.layout(f, whole) })
}

// platform is the image of one architecture: the program, and the licences.
func (b build) platform(p program, arch string, t tree) (v1.Image, error) {
	list := slices.DeleteFunc(t.of("rpm"), func(f file) bool {
		return f.place != "usr/bin/"+p.name && !strings.Contains(f.place, "licen")
	})
	var content bytes.Buffer
	if err := writeTar(&content, "", list, b.time); err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content.Bytes())), nil },
		tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	base := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	img, err := mutate.AppendLayers(base, layer)
	if err != nil {
		return nil, err
	}
	config, err := img.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture, config.Created = "linux", arch, v1.Time{Time: b.time}
	config.History = nil
	config.Config = v1.Config{
		Entrypoint:   []string{"/usr/bin/" + p.name},
		ExposedPorts: map[string]struct{}{p.port + "/tcp": {}},
		Labels: map[string]string{
			"org.opencontainers.image.title":       p.name,
			"org.opencontainers.image.description": p.summary,
			"org.opencontainers.image.version":     b.version,
			"org.opencontainers.image.licenses":    "Apache-2.0",
			"org.opencontainers.image.source":      homepage,
		},
	}
	return mutate.ConfigFile(img, config)
}

// layout writes an index as the folder of an OCI layout, in a tar archive.
func (b build) layout(w io.Writer, index v1.ImageIndex) error {
	folder, err := os.MkdirTemp("", "packages-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if _, err := layout.Write(folder, index); err != nil {
		return err
	}
	var list []file
	err = filepath.WalkDir(folder, func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		place, err := filepath.Rel(folder, name)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(name)
		list = append(list, file{place: filepath.ToSlash(place), mode: 0o644, content: content})
		return err
	})
	if err != nil {
		return err
	}
	return writeTar(w, "", list, b.time)
}
