package main

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"time"
)

// archive writes a tree as one for every Linux, below a folder of its own, and
// returns its name.
func (b build) archive(p program, arch string, t tree) (string, error) {
	folder := fmt.Sprintf("%s-%s.linux-%s", p.name, b.version, arch)
	name := folder + ".tar.gz"
	return name, b.write(name, func(f *os.File) error {
		w := gzip.NewWriter(f)
		return errors.Join(writeTar(w, folder, t.of("rpm"), b.time), w.Close())
	})
}

// writeTar writes files below a folder, with the folders above each.
func writeTar(to io.Writer, folder string, list []file, at time.Time) error {
	w := tar.NewWriter(to)
	known := map[string]bool{".": true, "": true}
	for _, f := range list {
		place := path.Join(folder, f.place)
		if err := addFolders(w, path.Dir(place), known, at); err != nil {
			return err
		}
		header := &tar.Header{Name: place, Mode: int64(f.mode), Size: int64(len(f.content)), ModTime: at, Typeflag: tar.TypeReg, Uname: "root", Gname: "root"}
		if err := w.WriteHeader(header); err != nil {
			return err
		}
		if _, err := w.Write(f.content); err != nil {
			return err
		}
	}
	return w.Close()
}

func addFolders(w *tar.Writer, place string, known map[string]bool, at time.Time) error {
	if known[place] {
		return nil
	}
	known[place] = true
	if err := addFolders(w, path.Dir(place), known, at); err != nil {
		return err
	}
	return w.WriteHeader(&tar.Header{Name: place + "/", Mode: 0o755, ModTime: at, Typeflag: tar.TypeDir, Uname: "root", Gname: "root"})
}
