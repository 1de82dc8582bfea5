package lab

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
)

// Config says what to boot and what to run in it. Only Command is required.
type Config struct {
	Kernel    string    // series of Debian's cloud kernel, as 6.1; "": $LAB_KERNEL, else 6.12
	MemoryMiB int       // 0: 1024
	CPUs      int       // 0: 2, or 1 with Count
	Count     bool      // emulate in software, and let each instruction take a nanosecond of the guest's time
	Command   []string  // program and arguments, run as root in the folder /lab, which is first in PATH
	Env       []string  // NAME=VALUE, added to PATH and HOME
	Files     []File    // laid into /lab, beside lib.sh and nat.sh
	Forward   []Forward // TCP ports of the host's 127.0.0.1 that lead into the guest
	Out       string    // host folder that gets what the guest leaves in /out; "": none
	Stdout    io.Writer // the command's, live; nil: discarded
	Stderr    io.Writer // the command's, live; nil: discarded
	Log       io.Writer // a line for each long step of making an image; nil: discarded
}

// File is a file of the host, or a folder with all below it, to lay into the
// guest. Permissions are kept, symbolic links followed.
type File struct {
	Host  string
	Guest string // path below /lab; "": the last element of Host
}

// Forward leads the TCP port Host of the host's 127.0.0.1 to the port Guest of
// the guest's eth0.
type Forward struct {
	Host  uint16 // 0: any free one, see [Machine.Forwarded]
	Guest uint16
}

func (c Config) withDefaults() (Config, error) {
	if len(c.Command) == 0 {
		return c, errors.New("no command to run")
	}
	c.Kernel = kernel(c.Kernel)
	c.MemoryMiB = cmp.Or(c.MemoryMiB, 1024)
	c.CPUs = cmp.Or(c.CPUs, defaultCPUs(c.Count))
	c.Stdout, c.Stderr, c.Log = writer(c.Stdout), writer(c.Stderr), writer(c.Log)
	c.Files = namedFiles(c.Files)
	var err error
	c.Forward, err = withFreePorts(c.Forward)
	return c, err
}

// defaultCPUs is one where instructions are counted: two would take turns, as
// long as a whole slice of time each.
func defaultCPUs(count bool) int {
	if count {
		return 1
	}
	return 2
}

func kernel(series string) string {
	return cmp.Or(series, os.Getenv("LAB_KERNEL"), "6.12")
}

func writer(w io.Writer) io.Writer {
	if w == nil {
		return io.Discard
	}
	return w
}

func namedFiles(files []File) []File {
	named := make([]File, len(files))
	for i, f := range files {
		named[i] = File{Host: f.Host, Guest: cmp.Or(f.Guest, filepath.Base(f.Host))}
	}
	return named
}

func withFreePorts(forwards []Forward) ([]Forward, error) {
	chosen := make([]Forward, len(forwards))
	for i, f := range forwards {
		if f.Host == 0 {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return nil, fmt.Errorf("host port for guest port %d: %w", f.Guest, err)
			}
			defer l.Close() // once all are chosen, lest one be chosen twice
			f.Host = uint16(l.Addr().(*net.TCPAddr).Port)
		}
		chosen[i] = f
	}
	return chosen, nil
}
