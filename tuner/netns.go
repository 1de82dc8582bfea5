package tuner

import (
	"io"
	"path"
	"strings"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Netns is a network namespace with a director in it.
type Netns struct {
	File     string // that it is entered through; "" is the program's own
	Director Director

	// Names returns what the table's virtual services are called, without
	// those that have no name. It is asked where the configuration goes by
	// names, and may be nil.
	Names func(*ipvs.Table) (map[ipvs.ServiceID]string, error)

	// Interfaces lists the interfaces of the namespace. It is asked where a
	// service is written to only while an address is there. Where it is nil,
	// nothing is looked at and all conditions hold.
	Interfaces func() ([]ipvs.Interface, error)

	// Writers names others who are known to write weights in the namespace. It
	// may be nil.
	Writers func() ([]string, error)

	// Lock takes the director for this process until it is closed; where
	// another one has it, it fails with an [ipvs.ErrLocked]. It is called before
	// anything is written, and may be nil.
	Lock func() (io.Closer, error)

	writers string     // who they are
	lost    error      // why it is not known who plans, where several directors are coordinated
	follows *following // nil: this tuner plans itself
}

// OwnNetns lists the program's own network namespace alone.
func OwnNetns(d Director) func() ([]Netns, error) {
	return func() ([]Netns, error) { return []Netns{{Director: d}}, nil }
}

// name returns what the namespace is called: "" is the program's own.
func (n Netns) name() string {
	if n.File == "" {
		return ""
	}
	return path.Base(n.File)
}

// Read returns the table and the configuration of its services, which has the
// names resolved. Without any configuration of the namespace it returns no
// table.
func (n Netns) Read(c Config) (*ipvs.Table, Config, error) {
	c = c.In(n.File)
	if len(c.Services) == 0 {
		return nil, c, nil
	}
	c = n.lookAround(c)
	table, err := n.Director.Table()
	if err != nil || n.Names == nil || !c.GoesByNames() {
		return table, c, err
	}
	names, err := n.Names(table)
	return table, c.Named(names), err
}

// In returns the configuration with the services of one network namespace,
// which is given by its file, or by its name where that is all that is known.
func (c Config) In(netns string) Config {
	all := c.Services
	c.Services = nil
	for _, s := range all {
		if s.in(netns) {
			c.Services = append(c.Services, s)
		}
	}
	return c
}

func (s *ServiceConfig) in(netns string) bool {
	pattern := s.Netns
	if pattern == "" || netns == "" {
		return pattern == netns
	}
	if !strings.Contains(pattern, "/") || !strings.Contains(netns, "/") {
		pattern, netns = path.Base(pattern), path.Base(netns)
	}
	matches, _ := path.Match(pattern, netns) // the pattern was checked
	return matches
}

// NetnsFiles returns the patterns of the files of the network namespaces that
// the services are in, besides the program's own.
func (c Config) NetnsFiles() []string {
	var patterns []string
	for _, s := range c.Services {
		switch {
		case s.Netns == "":
		case strings.Contains(s.Netns, "/"):
			patterns = append(patterns, s.Netns)
		default: // where ip-netns(8) and Docker have them
			patterns = append(patterns, "/run/netns/"+s.Netns, "/run/docker/netns/"+s.Netns)
		}
	}
	return patterns
}

// GoesByNames reports whether services are matched by their names.
func (c Config) GoesByNames() bool {
	for _, s := range c.Services {
		if s.Name != "" {
			return true
		}
	}
	return false
}

// Named returns the configuration with an entry for each virtual service that
// has the name of one, in its place.
func (c Config) Named(names map[ipvs.ServiceID]string) Config {
	of := make(map[string][]ipvs.ServiceID)
	for id, name := range names {
		of[name] = append(of[name], id)
	}
	all := c.Services
	c.Services = nil
	for _, s := range all {
		if s.Name == "" {
			c.Services = append(c.Services, s)
			continue
		}
		for _, id := range of[s.Name] { // their order is no matter: each matches its own service
			s.Match = id.String()
			c.Services = append(c.Services, s)
		}
	}
	return c
}
