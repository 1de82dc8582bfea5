package ipvs

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Namespaces keeps clients of several network namespaces, which come and go.
type Namespaces struct {
	options  Options
	own      bool
	patterns []string

	mu      sync.Mutex
	clients map[Netns]*Client
	idle    *time.Timer
}

// idleTimeout is how long sockets and files are kept that nobody asks for. They
// keep their namespace alive, long after the namespace's last process.
const idleTimeout = 2 * time.Minute

// NewNamespaces returns a keeper of clients, each made with the options, for
// the namespaces whose files match any of the patterns of [filepath.Match],
// and for the process's own if own is set.
func NewNamespaces(o Options, own bool, patterns ...string) *Namespaces {
	o.Proc = cmp.Or(o.Proc, "/proc")
	o.host = hostAt(o.Proc)
	n := &Namespaces{options: o, own: own, patterns: patterns, clients: map[Netns]*Client{}}
	n.idle = time.AfterFunc(idleTimeout, n.Close)
	return n
}

// Clients returns a client for each namespace that there is now, the
// process's own first, the others by name; one that several files lead to
// counts once. Clients are the same as at the last call; those of namespaces
// that are gone are closed. An error says which namespaces are left out, and
// comes with the clients of all others.
func (n *Namespaces) Clients() ([]*Client, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	found, err := n.find()
	n.idle.Reset(idleTimeout)
	kept := make(map[Netns]*Client, len(found))
	list := make([]*Client, len(found))
	for i, netns := range found {
		c := n.clients[netns]
		if c == nil {
			o := n.options
			o.Netns = netns
			c = NewClient(o)
		}
		kept[netns], list[i] = c, c
	}
	n.closeOthers(kept)
	n.clients = kept
	return list, err
}

// closeOthers does not wait for a read that is under way.
func (n *Namespaces) closeOthers(kept map[Netns]*Client) {
	for netns, c := range n.clients {
		if kept[netns] == nil {
			go func() { _ = c.Close() }()
		}
	}
}

// Close closes the clients' sockets and files. They open new ones when they are used.
func (n *Namespaces) Close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closeOthers(nil)
}

// find lists the namespaces. Files that lead to none are passed over, such
// as those that remain of namespaces that are gone.
func (n *Namespaces) find() ([]Netns, error) {
	found := netnsList{known: n.known(), ids: map[netnsID]bool{}, paths: map[string]string{}}
	if n.own {
		own, err := identifyNetns(ownNetns)
		if err != nil {
			return []Netns{{}}, fmt.Errorf("ipvs: find network namespaces: %w", err)
		}
		found.ids[own] = true
		found.list = []Netns{{}}
	}
	for _, pattern := range n.patterns {
		paths, err := glob(pattern)
		if err != nil {
			found.err = errors.Join(found.err, fmt.Errorf("ipvs: find network namespaces %s: %w", pattern, err))
		}
		for _, path := range paths {
			found.add(path)
		}
	}
	slices.SortFunc(found.list, func(a, b Netns) int { return cmp.Compare(a.Name, b.Name) })
	return found.list, found.err
}

// known are the namespaces found last, by their files.
func (n *Namespaces) known() map[string]Netns {
	known := make(map[string]Netns, len(n.clients))
	for netns := range n.clients {
		known[netns.Path] = netns
	}
	return known
}

// glob is filepath.Glob, which says nothing of a folder that may not be read.
func glob(pattern string) ([]string, error) {
	paths, err := filepath.Glob(pattern)
	if err == nil && len(paths) == 0 {
		if _, err := os.ReadDir(filepath.Dir(pattern)); errors.Is(err, fs.ErrPermission) {
			return nil, err
		}
	}
	return paths, err
}

type netnsList struct {
	known map[string]Netns // by path
	list  []Netns
	ids   map[netnsID]bool
	paths map[string]string // by name
	err   error
}

func (l *netnsList) add(path string) {
	netns, err := l.identify(path)
	if errors.Is(err, fs.ErrPermission) {
		l.err = errors.Join(l.err, err)
	}
	if err != nil || l.ids[netns.id] {
		return
	}
	if first, taken := l.paths[netns.Name]; taken {
		l.err = errors.Join(l.err, fmt.Errorf("ipvs: network namespace %s is left out: %s has the same name", path, first))
		return
	}
	l.ids[netns.id], l.paths[netns.Name] = true, path
	l.list = append(l.list, netns)
}

// identify looks into a file that is new, or leads elsewhere than it did.
func (l *netnsList) identify(path string) (Netns, error) {
	if known, ok := l.known[path]; ok && known.check() == nil {
		return known, nil
	}
	return OpenNetns(path)
}
