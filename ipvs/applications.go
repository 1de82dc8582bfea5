package ipvs

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Application is a helper that rewrites what masqueraded connections of one
// port carry, as ip_vs_ftp does.
type Application struct {
	Protocol    string // lower case, as tcp
	Port        uint16
	Name        string // as ftp
	Connections uint64 // that it handles now: the kernel's usecnt, which goes up when one is bound to it and down when that one expires
}

// parseApplications reads the helpers that serve the network namespace, none
// where no such module is loaded, from the text of /proc/net/ip_vs_app, in which
// numbers are decimal (net/netfilter/ipvs/ip_vs_app.c:ip_vs_app_seq_show):
//
//	prot port    usecnt name
//	TCP  21      0      ftp
func parseApplications(r io.Reader) ([]Application, error) {
	var applications []Application
	err := eachLine("/proc/net/ip_vs_app", r, func(number int, line []byte) error {
		if number == 1 { // column headings
			return nil
		}
		a, err := parseApplication(strings.Fields(string(line)))
		applications = append(applications, a)
		return err
	})
	if err != nil {
		return nil, err
	}
	return applications, nil
}

func parseApplication(fields []string) (Application, error) {
	if len(fields) != 4 {
		return Application{}, fmt.Errorf("application of %d fields, want 4", len(fields))
	}
	port, err := strconv.ParseUint(fields[1], 10, 16)
	if err != nil {
		return Application{}, fmt.Errorf("%.80q is not a port", fields[1])
	}
	connections, err := strconv.ParseUint(fields[2], 10, 64)
	if err != nil {
		return Application{}, fmt.Errorf("%.80q is not a number of connections", fields[2])
	}
	return Application{
		Protocol:    lowerText(fields[0]),
		Port:        uint16(port),
		Name:        validText(fields[3]),
		Connections: connections,
	}, nil
}
