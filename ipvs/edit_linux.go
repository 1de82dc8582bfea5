package ipvs

import (
	"errors"

	"golang.org/x/sys/unix"
)

// EditServers changes fields of real servers of one virtual service and leaves
// all others as they are, and returns what came of each edit, in order. One that
// cannot be written does not keep the others from it. Where nothing differs it
// writes nothing, since every write makes the kernel drop the server's cached
// route and some schedulers start over.
//
// The kernel has no partial and no conditional edit: the servers are read once,
// changed and written back whole, and an edit of somebody else's within these
// milliseconds is lost, that of a weight that was to be another one too.
func (c *Client) EditServers(id ServiceID, edits []ServerEdit) []Edited {
	results := make([]Edited, 0, len(edits))
	err := c.connected(func(conn *conn) (err error) {
		results, err = conn.editServers(id, edits, results)
		return err
	})
	for len(results) < len(edits) {
		results = append(results, Edited{Err: err})
	}
	for i := range results {
		if r := &results[i]; r.Err != nil {
			r.Err = &Error{Op: "edit", Service: id, Server: edits[i].Server, Err: cause(r.Err)}
		}
	}
	return results
}

// editServers appends a result for each edit that has none yet, until the
// connection fails.
func (c *conn) editServers(id ServiceID, edits []ServerEdit, results []Edited) ([]Edited, error) {
	servers, err := c.existingServers(id)
	if err != nil {
		return results, err
	}
	present := make(map[ServerID]*RealServer, len(servers))
	for i := range servers {
		present[servers[i].ID] = &servers[i]
	}
	for _, e := range edits[len(results):] {
		written, err := c.editServer(id, present[e.Server], e.Edit)
		if err != nil && !isAnswer(err) {
			return results, err
		}
		results = append(results, Edited{written, err})
	}
	return results, nil
}

// editServer edits a real server as it was read, nil where there was none.
func (c *conn) editServer(id ServiceID, s *RealServer, edit Edit) (written bool, err error) {
	if s == nil {
		return false, ErrNoServer
	}
	edited, err := edit.Apply(*s)
	if err != nil || edited == *s {
		return false, err
	}
	e := encoder{c.key[:0]}
	e.service(id)
	e.server(&edited)
	c.key = e.b
	if err := c.set(cmdSetServer, e.b); err != nil {
		return false, refusal(err)
	}
	*s = edited
	return true, nil
}

// refusal explains the kernel's answers to SET_DEST.
func refusal(err error) error {
	switch {
	case errors.Is(err, unix.ENOENT): // it was deleted since it was read
		return ErrNoServer
	case errors.Is(err, unix.ERANGE):
		return errThresholds
	}
	return err
}
