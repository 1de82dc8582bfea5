package ipvs

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Columns of /proc/net/ip_vs_conn_sync.
const (
	columnProtocol = 0
	columnState    = 7
	columnOrigin   = 8
	columns        = 10
)

func checkConnectionHeading(line []byte) error {
	if fields := connectionFields(line); string(fields[columnState]) != "State" || string(fields[columnOrigin]) != "Origin" {
		return fmt.Errorf("%.80q are not the column headings of connections with their origin", line)
	}
	return nil
}

// connectionFields splits a line at blanks. Fields that are missing are
// empty, and what is over is dropped.
func connectionFields(line []byte) [columns][]byte {
	var fields [columns][]byte
	for i := range fields {
		line = bytes.TrimLeft(line, " ")
		fields[i], line, _ = bytes.Cut(line, []byte(" "))
	}
	return fields
}

// connectionCounts has an entry for each protocol and state that was seen,
// in the kernel's upper case. They are so few that search is faster than
// hashing.
type connectionCounts []ConnectionCount

// maxConnectionCounts is more than the kernel has words for. It bounds what
// bad input can take of memory.
const maxConnectionCounts = 256

// line counts one connection. Only the first of its kind allocates memory.
func (c *connectionCounts) line(line []byte) error {
	fields := connectionFields(line)
	if len(fields[columns-1]) == 0 {
		return fmt.Errorf("%.80q is not a connection of %d fields", line, columns)
	}
	count, err := c.of(fields[columnProtocol], fields[columnState])
	if err != nil {
		return err
	}
	switch origin := fields[columnOrigin]; string(origin) {
	case "LOCAL":
	case "SYNC":
		count.Synced++
	default:
		return fmt.Errorf("%.80q is not the origin LOCAL or SYNC of a connection", origin)
	}
	count.Connections++
	return nil
}

func (c *connectionCounts) of(protocol, state []byte) (*ConnectionCount, error) {
	for i := range *c {
		if count := &(*c)[i]; count.State == string(state) && count.Protocol == string(protocol) {
			return count, nil
		}
	}
	if len(*c) == maxConnectionCounts {
		return nil, fmt.Errorf("more than %d kinds of connections", maxConnectionCounts)
	}
	*c = append(*c, ConnectionCount{Protocol: string(protocol), State: string(state)})
	return &(*c)[len(*c)-1], nil
}

// sorted returns the counts by protocol and state, in lower case.
func (c connectionCounts) sorted() []ConnectionCount {
	for i := range c {
		c[i].Protocol = lowerText(c[i].Protocol)
		c[i].State = lowerText(c[i].State)
	}
	slices.SortFunc(c, func(a, b ConnectionCount) int {
		return cmp.Or(strings.Compare(a.Protocol, b.Protocol), strings.Compare(a.State, b.State))
	})
	return c
}
