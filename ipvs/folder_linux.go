package ipvs

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// folder is an open folder of small files of the kernel. They are read by bare
// system calls: what the os package does besides, for files that may have to be
// waited for, takes longer than to read them. To look up the folder once spares
// more: its path leads past the entries that other network namespaces have in
// the kernel's cache under the same name.
type folder struct {
	path string
	fd   int
}

func openFolder(path string) (folder, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return folder{}, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return folder{path, fd}, nil
}

func (f folder) close() { _ = unix.Close(f.fd) }

// list returns what is in the folder, in no order. buffer is room for a part of
// the list.
func (f folder) list(buffer []byte) ([]string, error) {
	var names []string
	for {
		n, err := unix.ReadDirent(f.fd, buffer)
		if err != nil {
			return nil, &fs.PathError{Op: "list", Path: f.path, Err: err}
		}
		if n == 0 {
			return names, nil
		}
		_, _, names = unix.ParseDirent(buffer[:n], -1, names)
	}
}

// read reads a file by one read into buffer, which has all of a setting that
// fits. It returns the number of bytes.
func (f folder) read(name string, buffer []byte) (int, error) {
	fd, err := unix.Openat(f.fd, name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	defer unix.Close(fd)
	n, err := unix.Read(fd, buffer)
	if err != nil {
		return 0, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return n, nil
}
