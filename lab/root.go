package lab

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
)

// DebianRoot returns a tar archive of the least Debian that has systemd: its
// packages are installed, and whoever unpacks it may install others with dpkg.
// It takes the archive from the cache where it is there.
func DebianRoot(ctx context.Context, log io.Writer) (archive string, err error) {
	folder, err := cached("root-"+hash(imageScript), func(_, work string) error {
		_, err := runScript(ctx, writer(log), "root", filepath.Join(work, "debian.tar"))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("lab: make the root of a Debian: %w", err)
	}
	return filepath.Join(folder, "debian.tar"), nil
}
