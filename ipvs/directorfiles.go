package ipvs

import (
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
)

// directorFiles are open files of /proc that tell of a director what neither
// netlink nor /proc/net/ip_vs does. Like a socket they stay in the network
// namespace in which they were opened.
type directorFiles struct{ totals, applications *os.File }

// openDirectorFiles opens them in a folder like /proc/net.
func openDirectorFiles(net string) (f directorFiles, err error) {
	if f.totals, err = os.Open(filepath.Join(net, "ip_vs_stats")); err != nil {
		return f, err
	}
	f.applications, err = os.Open(filepath.Join(net, "ip_vs_app"))
	if err != nil {
		f.totals.Close()
	}
	return f, err
}

func (f directorFiles) close() { _ = errors.Join(f.totals.Close(), f.applications.Close()) }

// read reads both files, as they are now.
func (f directorFiles) read(d *Director) (err error) {
	if d.Stats, err = parseTotals(fromStart(f.totals)); err != nil {
		return err
	}
	d.Applications, err = parseApplications(fromStart(f.applications))
	return err
}

func fromStart(f *os.File) io.Reader { return io.NewSectionReader(f, 0, math.MaxInt64) }
