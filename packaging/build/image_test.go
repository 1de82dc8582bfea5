package main

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

// A written image is read back: each architecture has its own program.
func TestImage(t *testing.T) {
	b := build{version: "1.2.3~rc1", time: commit, dist: t.TempDir(), archs: []string{"amd64", "arm64"}}
	p := programs()[0]
	trees := map[string]tree{}
	for _, arch := range b.archs {
		trees[arch] = tree{
			{place: "etc/default/ipvs-exporter", mode: 0o644},
			{place: "usr/bin/ipvs-exporter", mode: 0o755, content: []byte(arch)},
			{place: "usr/share/licenses/ipvs-exporter/LICENSE", mode: 0o644, only: "rpm"},
		}
	}
	name, err := b.image(p, trees)
	if err != nil || name != "ipvs-exporter-1.2.3~rc1.oci.tar" {
		t.Fatalf("wrote %q, %v", name, err)
	}
	index := readIndex(t, filepath.Join(b.dist, name))
	if err := validate.Index(index); err != nil {
		t.Error(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil || len(manifest.Manifests) != 2 {
		t.Fatalf("%d images, %v", len(manifest.Manifests), err)
	}
	for i, arch := range b.archs {
		d := manifest.Manifests[i]
		if got := d.Platform.String(); got != "linux/"+arch {
			t.Errorf("image %d is for %s, want %s", i, got, arch)
		}
		one, err := index.Image(d.Digest)
		if err != nil {
			t.Fatal(err)
		}
		checkImage(t, one, arch)
	}
}

// readIndex unpacks an image, and returns the index in its index.
func readIndex(t *testing.T, file string) v1.ImageIndex {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	folder := t.TempDir()
	for name, content := range entries(t, f) {
		place := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(place, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	whole, err := layout.ImageIndexFromPath(folder)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := whole.IndexManifest()
	if err != nil || len(manifest.Manifests) != 1 {
		t.Fatalf("%d indices, %v", len(manifest.Manifests), err)
	}
	if got := manifest.Manifests[0].Annotations["org.opencontainers.image.ref.name"]; got != "ipvs-exporter:1.2.3-rc1" {
		t.Errorf("it has the name %q", got)
	}
	index, err := whole.ImageIndex(manifest.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	return index
}

func checkImage(t *testing.T, one v1.Image, arch string) {
	t.Helper()
	config, err := one.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if config.Architecture != arch || !slices.Equal(config.Config.Entrypoint, []string{"/usr/bin/ipvs-exporter"}) || !config.Created.Time.Equal(commit) {
		t.Errorf("it is configured as %+v", config)
	}
	layers, err := one.Layers()
	if err != nil || len(layers) != 1 {
		t.Fatalf("%d layers, %v", len(layers), err)
	}
	content, err := layers[0].Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	got := entries(t, content)
	if _, licensed := got["usr/share/licenses/ipvs-exporter/LICENSE"]; len(got) != 2 || !licensed || got["usr/bin/ipvs-exporter"] != arch {
		t.Errorf("%s has the files %q", arch, got)
	}
}

// entries returns the regular files of a tar archive.
func entries(t *testing.T, r io.Reader) map[string]string {
	t.Helper()
	files := map[string]string{}
	for archive := tar.NewReader(r); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		if header.Typeflag == tar.TypeReg {
			files[header.Name] = string(content)
		}
	}
}
