package ipvs

import (
	"errors"

	"golang.org/x/sys/unix"
)

// maxReads bounds how often a table that changes while it is read is read
// again, so that a busy editor cannot keep a reader forever.
const maxReads = 3

// Table reads the whole table.
//
// The kernel's dump is not atomic: it holds its locks for one datagram at a
// time and goes on by position, so that an edit in between makes it skip or
// repeat entries. A dump that shows such signs is read again, twice at most;
// what is repeated in the last one is merged.
func (c *Client) Table() (*Table, error) {
	t, err := c.table()
	if err != nil {
		return nil, &Error{Op: "read table", Err: cause(err)}
	}
	return t, nil
}

func (c *Client) table() (*Table, error) {
	var t *Table
	var err error
	if c.source != Procfs {
		t, err = c.netlinkTable()
	}
	if c.source == Procfs || c.source == "" && errors.Is(err, ErrNotPermitted) {
		err = c.netns.do(func() error {
			t, err = c.proc.table()
			return err
		})
	}
	return t, err
}

func (c *Client) netlinkTable() (*Table, error) {
	var t *Table
	err := c.connected(func(conn *conn) error {
		var err error
		if t, err = conn.table(c.serverCount); err != nil {
			return err
		}
		c.serverCount = t.countServers()
		return c.proc.describe(&t.Director)
	})
	return t, err
}

func (t *Table) countServers() int {
	n := 0
	for i := range t.Services {
		n += len(t.Services[i].Servers)
	}
	return n
}

func (c *conn) table(serverCount int) (*Table, error) {
	t := &Table{Source: Netlink}
	if err := c.director(&t.Director); err != nil {
		return nil, err
	}
	for {
		r := tableRead{servers: make([]RealServer, 0, serverCount)}
		if err := r.run(c); err != nil {
			return nil, err
		}
		t.Duplicates += r.duplicates
		if !r.torn || t.Retries == maxReads-1 {
			t.Services = r.services
			return t, nil
		}
		t.Retries++
	}
}

func (c *conn) director(d *Director) error {
	info, err := c.get(cmdGetInfo, nil)
	if err != nil {
		return err
	}
	if err := parseInfo(info, d); err != nil {
		return err
	}
	config, err := c.get(cmdGetConfig, nil)
	if err != nil {
		return err
	}
	if d.Timeouts, err = parseTimeouts(config); err != nil {
		return err
	}
	_, err = c.dump(cmdGetDaemon, nil, func(message []byte) error {
		daemon, err := parseDaemon(message)
		d.SyncDaemons = append(d.SyncDaemons, daemon)
		return err
	})
	return err
}

// tableRead is one pass over all virtual services and their real servers.
type tableRead struct {
	services   []VirtualService
	servers    []RealServer // of all services, one allocation
	duplicates int
	torn       bool
}

func (r *tableRead) run(c *conn) error {
	listed, d, err := c.services()
	if err != nil {
		return err
	}
	r.torn = d.interrupted
	for _, s := range r.withoutRepeated(listed) {
		if err := r.readServers(c, s); err != nil {
			return err
		}
	}
	if d.datagrams > 1 && !r.torn {
		return r.compareServices(c)
	}
	return nil
}

func (r *tableRead) withoutRepeated(listed []VirtualService) []VirtualService {
	kept := withoutRepeated(listed, func(s VirtualService) ServiceID { return s.ID })
	r.noteRepeated(len(listed) - len(kept))
	return kept
}

func (r *tableRead) noteRepeated(n int) {
	r.duplicates += n
	r.torn = r.torn || n > 0
}

// readServers keeps s with its real servers. To a service that is gone the
// kernel answers with an empty dump, so emptiness is looked into.
func (r *tableRead) readServers(c *conn, s VirtualService) error {
	first := len(r.servers)
	var d dumped
	var err error
	r.servers, d, err = c.servers(s.ID, r.servers)
	if err != nil {
		return err
	}
	if len(r.servers) == first {
		exists, err := c.exists(s.ID)
		if err != nil {
			return err
		}
		if !exists {
			r.torn = true
			return nil
		}
	}
	r.torn = r.torn || d.interrupted
	if d.datagrams > 1 {
		r.dropRepeated(first)
	}
	s.Servers = r.servers[first:len(r.servers):len(r.servers)]
	r.services = append(r.services, s)
	return nil
}

func (r *tableRead) dropRepeated(first int) {
	dumped := len(r.servers) - first
	kept := withoutRepeated(r.servers[first:], serverID)
	r.servers = r.servers[:first+len(kept)]
	r.noteRepeated(dumped - len(kept))
}

// compareServices lists the services once more: a dump of several datagrams
// is whole when it stayed the same.
func (r *tableRead) compareServices(c *conn) error {
	again, _, err := c.services()
	if err != nil {
		return err
	}
	r.torn = len(again) != len(r.services)
	for i := 0; !r.torn && i < len(again); i++ {
		r.torn = again[i].ID != r.services[i].ID
	}
	return nil
}

func (c *conn) services() ([]VirtualService, dumped, error) {
	var services []VirtualService
	d, err := c.dump(cmdGetService, nil, func(message []byte) error {
		s, err := parseService(message)
		services = append(services, s)
		return err
	})
	return services, d, err
}

// servers appends the real servers of a virtual service to list.
func (c *conn) servers(id ServiceID, list []RealServer) ([]RealServer, dumped, error) {
	key, err := encodeService(id)
	if err != nil {
		return list, dumped{}, err
	}
	family := id.Family()
	d, err := c.dump(cmdGetServer, key, func(message []byte) error {
		s, err := parseServer(message, family)
		list = append(list, s)
		return err
	})
	return list, d, err
}

// existingServers lists the real servers of a service, which must exist.
func (c *conn) existingServers(id ServiceID) ([]RealServer, error) {
	servers, d, err := c.servers(id, nil)
	if err != nil {
		return nil, err
	}
	if len(servers) == 0 {
		exists, err := c.exists(id)
		if err == nil && !exists {
			err = ErrNoService
		}
		return nil, err
	}
	if d.datagrams > 1 {
		servers = withoutRepeated(servers, serverID)
	}
	return servers, nil
}

func (c *conn) exists(id ServiceID) (bool, error) {
	_, _, err := c.service(id)
	if errors.Is(err, unix.ESRCH) {
		return false, nil
	}
	return err == nil, err
}
