package names

import (
	"net"
	"os"
	"sync"
	"sync/atomic"
)

// Options says where names come from. The zero Options are no sources.
type Options struct {
	File   string // path of the names file; "" is none
	Docker string // host of a swarm manager, as unix:///run/docker.sock or tcp://HOST:PORT; "" is none
	DNS    bool   // resolve the tasks of services; see [DNS]

	// Report is called when what a source's reads come to changes, with nil
	// when they work again. It may be nil.
	Report func(source string, err error)
}

// Names knows what virtual services and real servers are called. A nil Names
// knows nothing. Its methods may be called concurrently.
type Names struct {
	file    string
	reading sync.Mutex // of the file: the last to read is the last to store
	docker  *docker
	dns     *DNS

	named atomic.Pointer[File]
	swarm atomic.Pointer[swarm]

	fileStatus, dockerStatus, dnsStatus *status // nil where there is no such source
}

// New reads the names file. The other sources are read once [Names.Run] runs.
func New(o Options) (*Names, error) {
	n := &Names{file: o.File}
	if o.DNS {
		n.dnsStatus = newStatus(SourceDNS, o.Report)
		n.dns = newDNS(new(net.Resolver).LookupNetIP)
	}
	if o.Docker != "" {
		var err error
		if n.docker, err = newDocker(o.Docker); err != nil {
			return nil, err
		}
		n.dockerStatus = newStatus(SourceDocker, o.Report)
	}
	if o.File != "" {
		n.fileStatus = newStatus(SourceFile, nil) // the first error is returned
		if err := n.Reload(); err != nil {
			return nil, err
		}
		n.fileStatus.report = o.Report
	}
	return n, nil
}

// Reload reads the names file now. What was wrong it returns and reports; the
// names of the last good file hold on then.
func (n *Names) Reload() error {
	if n == nil || n.file == "" {
		return nil
	}
	n.reading.Lock()
	defer n.reading.Unlock()
	f, err := openFile(n.file)
	if err == nil {
		n.named.Store(f)
	}
	n.fileStatus.note(err)
	return err
}

func openFile(path string) (*File, error) {
	r, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return Parse(path, r)
}

// DNS returns what is resolved; nil where nothing is.
func (n *Names) DNS() *DNS {
	if n == nil {
		return nil
	}
	return n.dns
}

// Sources returns how each of the sources does.
func (n *Names) Sources() []SourceStatus {
	if n == nil {
		return nil
	}
	var sources []SourceStatus
	for _, s := range []*status{n.fileStatus, n.dockerStatus, n.dnsStatus} {
		if s != nil {
			sources = append(sources, s.get())
		}
	}
	return sources
}
