package lab

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// DebianRoot returns a tar archive of the least Debian that has systemd: its
// packages are installed, and whoever unpacks it may install others with dpkg.
// It takes the archive from the cache where it is there, whatever the release.
func DebianRoot(ctx context.Context, log io.Writer) (archive string, err error) {
	archive, err = debianRoot(ctx, writer(log))
	if err != nil {
		return "", fmt.Errorf("lab: make the root of a Debian: %w", err)
	}
	return archive, nil
}

func debianRoot(ctx context.Context, log io.Writer) (string, error) {
	cache, err := cacheFolder()
	if err != nil {
		return "", err
	}
	unlock, err := lockFolder(cache)
	if err != nil {
		return "", err
	}
	defer unlock()
	folder := filepath.Join(cache, "root-"+hash(imageScript))
	archive := filepath.Join(folder, "debian.tar")
	if _, err := os.Stat(folder); err == nil {
		return archive, nil
	}
	return archive, makeFolder(cache, folder, func(_, work string) error {
		_, err := runScript(ctx, log, "root", filepath.Join(work, "debian.tar"))
		return err
	})
}
