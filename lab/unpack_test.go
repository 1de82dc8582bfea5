package lab

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestUnpack(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "out")
	archive := archiveOf(t,
		&tar.Header{Name: "./", Typeflag: tar.TypeDir, Mode: 0o755},
		&tar.Header{Name: "./sub/", Typeflag: tar.TypeDir, Mode: 0o755},
		&tar.Header{Name: "./sub/script", Typeflag: tar.TypeReg, Mode: 0o755},
		&tar.Header{Name: "./link", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"},
	)
	if err := unpackTo(folder)(archive); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(folder, "sub/script"))
	if err != nil || info.Size() != int64(len(content)) || info.Mode().Perm() != 0o755 {
		t.Errorf("sub/script: %v, error %v, want %d bytes with mode 755", info, err, len(content))
	}
	if _, err := os.Lstat(filepath.Join(folder, "link")); err == nil {
		t.Error("a symbolic link was unpacked")
	}
}

func TestUnpackRefuses(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside")
	tests := []struct {
		name    string
		archive io.Reader
	}{
		{"a file above the folder", archiveOf(t, &tar.Header{Name: "../escaped", Typeflag: tar.TypeReg})},
		{"an absolute path", archiveOf(t, &tar.Header{Name: outside, Typeflag: tar.TypeReg})},
		{"half an archive", io.LimitReader(archiveOf(t, &tar.Header{Name: "a", Typeflag: tar.TypeReg}), 514)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := unpackTo(t.TempDir())(tt.archive); err == nil {
				t.Error("no error")
			}
		})
	}
	if _, err := os.Stat(outside); err == nil {
		t.Error("a file was written outside the folder")
	}
}

func TestUnpackNowhere(t *testing.T) {
	if err := unpackTo("")(archiveOf(t, &tar.Header{Name: "../escaped", Typeflag: tar.TypeReg})); err != nil {
		t.Error(err)
	}
}

const content = "hello\n"

// archiveOf returns an archive whose regular files all hold content.
func archiveOf(t *testing.T, headers ...*tar.Header) io.Reader {
	t.Helper()
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for _, h := range headers {
		if h.Typeflag == tar.TypeReg {
			h.Size = int64(len(content))
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			io.WriteString(w, content)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &archive
}
