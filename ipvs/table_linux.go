package ipvs

import (
	"errors"
	"slices"
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

// Reuse gives the memory of a table that Table has returned to the next one, so
// that reading a large one again and again allocates nothing. The table must not
// be used any more.
func (c *Client) Reuse(t *Table) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn != nil {
		c.conn.memory.spare = *t
	}
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
		if t, err = conn.table(); err != nil {
			return err
		}
		return c.proc.describe(&t.Director, c.files)
	})
	return t, err
}

func (c *conn) table() (*Table, error) {
	t := &Table{Source: Netlink}
	if err := c.director(&t.Director); err != nil {
		return nil, err
	}
	for {
		r := newTableRead(c)
		if err := r.run(); err != nil {
			return nil, err
		}
		t.Duplicates += r.duplicates
		if !r.torn || t.Retries == maxReads-1 {
			c.memory.servers = len(r.servers)
			t.Services, t.servers = r.services, r.servers
			return t, nil
		}
		t.Retries++
	}
}

// tableRead is one pass over all virtual services and their real servers, with
// one allocation for each of both where the last table was as large.
type tableRead struct {
	*conn
	services   []VirtualService
	servers    []RealServer // of all services
	duplicates int
	torn       bool
}

func newTableRead(c *conn) *tableRead {
	spare := c.memory.spare
	c.memory.spare = Table{}
	return &tableRead{
		conn:     c,
		services: slices.Grow(spare.Services[:0], len(c.memory.listed)),
		servers:  slices.Grow(spare.servers[:0], c.memory.servers),
	}
}

func (r *tableRead) run() error {
	confirmed, err := r.listServices()
	if err != nil {
		return err
	}
	if err := r.readServers(); err != nil {
		return err
	}
	if confirmed || r.torn {
		return nil
	}
	return r.compareServices()
}

// listServices reports whether the list is known to be whole: a dump of several
// datagrams is when another one was the same.
func (r *tableRead) listServices() (confirmed bool, err error) {
	listed, d, err := r.conn.services(r.services)
	if err != nil {
		return false, err
	}
	r.services = r.memory.dropServices(listed)
	r.noteRepeated(len(listed) - len(r.services))
	r.torn = r.torn || d.interrupted
	confirmed = d.datagrams < 2 || r.memory.knows(r.services)
	r.memory.remember(r.services)
	return confirmed, nil
}

func (r *tableRead) noteRepeated(n int) {
	r.duplicates += n
	r.torn = r.torn || n > 0
}

// readServers reads the real servers of all services, and leaves out services
// that are gone.
func (r *tableRead) readServers() error {
	kept, counts := 0, r.memory.counts[:0]
	for i := range r.services {
		before := len(r.servers)
		exists, err := r.readServersOf(i)
		if err != nil {
			return err
		}
		if !exists {
			r.torn = true
			continue
		}
		if kept != i {
			r.services[kept] = r.services[i]
		}
		kept++
		counts = append(counts, len(r.servers)-before)
	}
	r.services, r.memory.counts = r.services[:kept], counts
	r.share()
	return nil
}

// readServersOf reads the real servers of the i-th service. To one that is gone
// the kernel answers with an empty dump, so emptiness is looked into.
func (r *tableRead) readServersOf(i int) (exists bool, err error) {
	id, before := r.services[i].ID, len(r.servers)
	list, d, err := r.conn.servers(id, r.servers)
	if err != nil {
		return false, err
	}
	r.servers = list
	if len(list) == before {
		return r.exists(id)
	}
	r.torn = r.torn || d.interrupted
	if d.datagrams > 1 {
		r.servers = list[:before+len(r.memory.dropRepeated(i, list[before:]))]
		r.noteRepeated(len(list) - len(r.servers))
	}
	return true, nil
}

// share gives each service its real servers, once their list does not move any
// more.
func (r *tableRead) share() {
	rest := r.servers
	for i, n := range r.memory.counts {
		r.services[i].Servers, rest = rest[:n:n], rest[n:]
	}
}

// compareServices lists the services once more.
func (r *tableRead) compareServices() (err error) {
	r.memory.listed, err = r.serviceIDs(r.memory.listed[:0])
	r.torn = !r.memory.knows(r.services)
	return err
}
