package scenario

import (
	"bufio"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// mostNumbers is how many numbers a file may hold.
const mostNumbers = 10_000_000

// readArrivals reads the name of a file of times since the start of the run.
func (f *file) readArrivals(v yamlfile.Value) []time.Duration {
	arrivals := f.readSeconds(v, 0, longestRun)
	if !slices.IsSorted(arrivals) {
		v.Problem("the times in the file are not in order")
	}
	return arrivals
}

// readSeconds reads the name of a file that holds times from low to high, in
// seconds, and then the file.
func (f *file) readSeconds(v yamlfile.Value, low, high time.Duration) []time.Duration {
	var name string
	v.Text(&name)
	if name == "" {
		return nil
	}
	times, err := f.seconds(name, low, high)
	if err != nil {
		v.Problem("%s", err)
	}
	return times
}

func (f *file) seconds(name string, low, high time.Duration) ([]time.Duration, error) {
	r, err := f.open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	times, err := parseSeconds(r, low, high)
	if err != nil {
		return nil, fmt.Errorf("%s%w", name, err)
	}
	return times, nil
}

// parseSeconds reads one number of seconds a line; empty lines and what
// follows a # are left out. Errors begin with a colon and the line.
func parseSeconds(r io.Reader, low, high time.Duration) ([]time.Duration, error) {
	var times []time.Duration
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || !(x >= low.Seconds() && x <= high.Seconds()) {
			return nil, fmt.Errorf(":%d: %q is not a number of seconds from %g to %g", n, text, low.Seconds(), high.Seconds())
		}
		if times = append(times, time.Duration(float64(x*float64(time.Second))+0.5)); len(times) > mostNumbers {
			return nil, fmt.Errorf(":%d: more than %d numbers", n, mostNumbers)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf(": %w", err)
	}
	if len(times) == 0 {
		return nil, fmt.Errorf(": no number of seconds is in it")
	}
	return times, nil
}

// parsePrefix reads addresses of the service's family.
func (f *file) parsePrefix(text string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return p, fmt.Errorf("%s is not a prefix such as 198.18.0.0/15", text)
	case p != p.Masked():
		return p, fmt.Errorf("%s has bits set after its length; write it %s", text, p.Masked())
	case ipvs.FamilyOf(p.Addr()) != f.config.Service.ID.Family() && f.config.Service.ID != ipvs.ServiceID{}:
		return p, fmt.Errorf("%s is not of the service's family, %s", text, f.config.Service.ID.Family())
	}
	return p, nil
}
