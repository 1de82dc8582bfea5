package lab

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// UnpackPackage returns a folder with the files of a Debian package, and of
// those it depends on whose names match the extended regular expression also,
// for programs that can be used without being installed. It takes the folder
// from the cache where it is there, whatever the version.
func UnpackPackage(ctx context.Context, name, also string, log io.Writer) (folder string, err error) {
	folder, err = unpackedPackage(ctx, name, also, writer(log))
	if err != nil {
		return "", fmt.Errorf("lab: unpack Debian's package %s: %w", name, err)
	}
	return folder, nil
}

func unpackedPackage(ctx context.Context, name, also string, log io.Writer) (string, error) {
	return cached("unpacked-"+name+"-"+hash(imageScript, also), func(debs, work string) error {
		_, err := runScript(ctx, log, "unpack", name, also, debs, work)
		return err
	})
}

// cached returns a folder of the cache, which fill fills unless it is there.
func cached(name string, fill func(debs, work string) error) (folder string, err error) {
	cache, err := cacheFolder()
	if err != nil {
		return "", err
	}
	unlock, err := lockFolder(cache)
	if err != nil {
		return "", err
	}
	defer unlock()
	folder = filepath.Join(cache, name)
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	return folder, makeFolder(cache, folder, fill)
}
