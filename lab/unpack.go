package lab

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
)

// unpackTo returns a sink for a tar archive that lays its folders and regular
// files below folder; other kinds of entries are left out. With no folder the
// archive is thrown away.
func unpackTo(folder string) func(io.Reader) error {
	return func(r io.Reader) error {
		if folder == "" {
			return nil
		}
		if err := unpack(folder, tar.NewReader(r)); err != nil {
			return fmt.Errorf("unpack the guest's /out into %s: %w", folder, err)
		}
		return nil
	}
}

func unpack(folder string, archive *tar.Reader) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(folder) // whatever the archive says, nothing lands elsewhere
	if err != nil {
		return err
	}
	defer root.Close()
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := unpackEntry(root, header, archive); err != nil {
			return err
		}
	}
}

func unpackEntry(root *os.Root, header *tar.Header, content io.Reader) error {
	name := path.Clean(header.Name)
	switch header.Typeflag {
	case tar.TypeDir:
		return root.MkdirAll(name, 0o755)
	case tar.TypeReg:
		f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, header.FileInfo().Mode().Perm())
		if err != nil {
			return err
		}
		_, err = io.Copy(f, content)
		return errors.Join(err, f.Close())
	}
	return nil
}
