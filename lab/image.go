package lab

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

//go:embed image.sh
var imageScript string

// Image is the folder of a kernel and the initial file system made for it.
type Image struct{ Folder string }

func (i Image) vmlinux() string { return filepath.Join(i.Folder, "vmlinux") }
func (i Image) base() string    { return filepath.Join(i.Folder, "base.cpio") }

// BuildImage returns the image of a kernel series, of $LAB_KERNEL, or of 6.12,
// if series is "". It takes it from the cache where the same script has made it
// of the same packages; else it fetches them and builds it, in some ten
// seconds. Two processes that want the same image wait for one another.
func BuildImage(ctx context.Context, series string, log io.Writer) (Image, error) {
	series = kernel(series)
	image, err := cachedImage(ctx, series, writer(log))
	if err != nil {
		return Image{}, fmt.Errorf("lab: image with kernel %s: %w", series, err)
	}
	return image, nil
}

func cachedImage(ctx context.Context, series string, log io.Writer) (Image, error) {
	cache, err := cacheFolder()
	if err != nil {
		return Image{}, err
	}
	unlock, err := lockFolder(cache)
	if err != nil {
		return Image{}, err
	}
	defer unlock()
	if _, err := runScript(ctx, log, "host"); err != nil {
		return Image{}, err
	}
	packages, err := imagePackages(ctx, cache, series, log)
	if err != nil {
		return Image{}, err
	}
	image := Image{filepath.Join(cache, "image-"+series+"-"+hash(imageScript, string(packages)))}
	if _, err := os.Stat(image.Folder); err == nil {
		return image, nil
	}
	return image, makeImage(ctx, cache, image, packages, log)
}

func makeImage(ctx context.Context, cache string, image Image, packages []byte, log io.Writer) error {
	return makeFolder(cache, image.Folder, func(debs, work string) error {
		list := filepath.Join(work, "packages")
		if err := os.WriteFile(list, packages, 0o644); err != nil {
			return err
		}
		_, err := runScript(ctx, log, "build", list, debs, work)
		return err
	})
}

// makeFolder has a folder of the cache filled under another name, so that it is
// there whole or not at all.
func makeFolder(cache, folder string, fill func(debs, work string) error) error {
	work, err := os.MkdirTemp(cache, "work-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := os.Chmod(work, 0o755); err != nil {
		return err
	}
	debs := debsFolder(cache)
	if err := os.MkdirAll(debs, 0o755); err != nil {
		return err
	}
	if err := fill(debs, work); err != nil {
		return err
	}
	return os.Rename(work, folder)
}

// debsFolder is where fetched packages are kept.
func debsFolder(cache string) string { return filepath.Join(cache, "packages") }

// hash returns 16 hexadecimal digits that stand for the parts.
func hash(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(h, "%d %s\n", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// lastLine returns the last line of text that is not empty.
func lastLine(text []byte) string {
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	return string(bytes.TrimSpace(lines[len(lines)-1]))
}
