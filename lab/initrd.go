package lab

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// newInitrd returns a file with the image's archive and, after it, this run's
// own: the kernel unpacks one over the other. The file has no name any more
// and goes with its last descriptor.
func newInitrd(image Image, c Config) (*os.File, error) {
	f, err := os.CreateTemp("", "lab-initrd-")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, err
	}
	if err := writeInitrd(f, image, c); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func writeInitrd(w io.Writer, image Image, c Config) error {
	base, err := os.Open(image.base())
	if err != nil {
		return err
	}
	defer base.Close()
	if _, err := io.Copy(w, base); err != nil {
		return err
	}
	archive := &cpioWriter{w: w}
	if err := addScripts(archive, c); err != nil {
		return err
	}
	for _, f := range c.Files {
		if err := addTree(archive, f.Host, path.Join("lab", f.Guest)); err != nil {
			return err
		}
	}
	return archive.close()
}

func addScripts(archive *cpioWriter, c Config) error {
	addBytes(archive, "init", initScript)
	addBytes(archive, "command", commandScript(c.Command, c.Env))
	return eachScript(func(name string, content []byte) error {
		addBytes(archive, "lab/"+name, content)
		return nil
	})
}

func addBytes(archive *cpioWriter, name string, content []byte) {
	archive.file(name, 0o755, bytes.NewReader(content), int64(len(content)))
}

// addTree adds the host's file or folder as name, and the folders above name.
func addTree(archive *cpioWriter, host, name string) error {
	addParents(archive, name)
	host, err := filepath.EvalSymlinks(host)
	if err != nil {
		return err
	}
	return filepath.WalkDir(host, func(file string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rest, err := filepath.Rel(host, file)
		if err != nil {
			return err
		}
		return addFile(archive, file, path.Join(name, filepath.ToSlash(rest)))
	})
}

func addParents(archive *cpioWriter, name string) {
	if parent := path.Dir(name); parent != "lab" {
		addParents(archive, parent)
		archive.folder(parent)
	}
}

func addFile(archive *cpioWriter, host, name string) error {
	info, err := os.Stat(host)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		archive.folder(name)
		return archive.err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: neither file nor folder", host)
	}
	f, err := os.Open(host)
	if err != nil {
		return err
	}
	defer f.Close()
	archive.file(name, info.Mode(), f, info.Size())
	return archive.err
}
