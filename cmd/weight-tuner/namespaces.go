package main

import (
	"errors"
	"io"
	"net/netip"
	"os"

	"github.com/alecthomas/kingpin/v2"
	"go.uber.org/zap"
	"golang.org/x/sys/unix"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/names"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/writers"
)

func addNamesFlag(c *kingpin.CmdClause) *string {
	return c.Flag("names.file", "YAML file of names of virtual services, for those that the configuration matches by name; read again when it changes.").
		PlaceHolder("FILE").String()
}

// openNames reads the names file that a configuration needs; "" is none.
func openNames(file string, config tuner.Config, report func(string, error)) (*names.Names, error) {
	if file == "" {
		if config.GoesByNames() {
			return nil, &daemon.UsageError{Err: errors.New("the configuration matches services by name: --names.file is needed")}
		}
		return nil, nil
	}
	return names.New(names.Options{File: file, Report: report})
}

// reportNamesTo logs what reading the names comes to; it is called when that
// changes.
func reportNamesTo(log *zap.Logger) func(string, error) {
	return func(source string, err error) {
		if err != nil {
			log.Warn("names not readable", zap.String("source", source), zap.Error(err))
			return
		}
		log.Info("names readable", zap.String("source", source))
	}
}

// namespaces are the network namespaces of a configuration.
type namespaces struct {
	directors *ipvs.Namespaces
	known     *names.Names
}

func openNamespaces(proc string, config tuner.Config, known *names.Names) namespaces {
	return namespaces{ipvs.NewNamespaces(ipvs.Options{Proc: proc, Source: ipvs.Netlink}, true, config.NetnsFiles()...), known}
}

// list lists the network namespaces.
func (n namespaces) list() ([]tuner.Netns, error) {
	clients, err := n.directors.Clients()
	var found []tuner.Netns
	for _, c := range clients {
		found = append(found, tuner.Netns{
			File: c.NetnsFile(), Director: c,
			Names:      naming(n.known, c.Netns(), c.Marks),
			Interfaces: c.Interfaces,
			Writers:    func() ([]string, error) { return otherWriters(c) },
			Lock:       func() (io.Closer, error) { return c.Lock(name) },
		})
	}
	return found, err
}

// called returns what the network namespaces are called, by their inode numbers.
func (n namespaces) called() (map[uint32]string, error) {
	clients, err := n.directors.Clients()
	called := make(map[uint32]string)
	for _, c := range clients {
		inode, unknown := c.NetnsInode()
		if unknown != nil {
			err = errors.Join(err, unknown)
			continue
		}
		called[uint32(inode)] = c.Netns()
	}
	return called, err
}

// otherWriters names others who write weights in the client's network namespace.
func otherWriters(c *ipvs.Client) ([]string, error) {
	interfaces, err := c.Interfaces()
	var names []string
	for _, i := range interfaces {
		names = append(names, i.Name)
	}
	host := writers.Host{Root: os.DirFS("/"), Alive: func(pid int) bool { return !errors.Is(unix.Kill(pid, 0), unix.ESRCH) }}
	found, notRead := host.Find(names)
	return found, errors.Join(err, notRead)
}

// naming returns what tells the names of a namespace's services. marks are its
// addresses by firewall mark; they are read where there are such services.
func naming(known *names.Names, netns string, marks func() (map[ipvs.ServiceID][]netip.Addr, error)) func(*ipvs.Table) (map[ipvs.ServiceID]string, error) {
	return func(t *ipvs.Table) (map[ipvs.ServiceID]string, error) {
		var vips map[ipvs.ServiceID][]netip.Addr
		var err error
		if t.HasMarks() {
			vips, err = marks()
		}
		called := make(map[ipvs.ServiceID]string)
		for i := range t.Services {
			id := t.Services[i].ID
			if name := known.Service(netns, id, vips[id]); name != "" {
				called[id] = name
			}
		}
		return called, err
	}
}
