package lab

import (
	"fmt"
	"io"
	"io/fs"
)

// cpioWriter writes the archive format that the kernel unpacks as its initial
// file system: "newc" of Documentation/driver-api/early-userspace/buffer-format.rst.
// Every entry belongs to root. The first error stays and is returned by close.
type cpioWriter struct {
	w      io.Writer
	inode  uint32
	offset int64
	err    error
}

// File type bits of include/uapi/linux/stat.h.
const (
	cpioFolder = 0o040000
	cpioFile   = 0o100000
)

func (c *cpioWriter) folder(name string) {
	c.header(name, cpioFolder|0o755, 0)
}

func (c *cpioWriter) file(name string, mode fs.FileMode, content io.Reader, size int64) {
	c.header(name, cpioFile|uint32(mode.Perm()), size)
	if c.err != nil {
		return
	}
	n, err := io.CopyN(c.w, content, size)
	c.offset += n
	c.err = err
	c.pad()
}

func (c *cpioWriter) close() error {
	c.header("TRAILER!!!", 0, 0)
	return c.err
}

func (c *cpioWriter) header(name string, mode uint32, size int64) {
	c.inode++
	c.printf("070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%s\x00",
		c.inode, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, len(name)+1, 0, name)
	c.pad()
}

// pad aligns what comes next to four bytes.
func (c *cpioWriter) pad() {
	c.printf("%s", "\x00\x00\x00"[:(4-c.offset%4)%4])
}

func (c *cpioWriter) printf(format string, values ...any) {
	if c.err != nil {
		return
	}
	n, err := fmt.Fprintf(c.w, format, values...)
	c.offset += int64(n)
	c.err = err
}
