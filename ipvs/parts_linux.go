package ipvs

import "net/netip"

// Sysctls reads the settings of net.ipv4.vs, sorted by name.
func (c *Client) Sysctls() ([]Sysctl, error) {
	return readPart(c, "read sysctls", func() ([]Sysctl, error) { return readSysctls(c.proc.vs) })
}

// CPUStats reads the counters of the whole director, processor by processor.
// Unlike those in its table they count at once, and -Z leaves them alone.
func (c *Client) CPUStats() ([]CPUStats, error) {
	return readPart(c, "read per-CPU counters", func() ([]CPUStats, error) { return readCPUStats(c.proc.net) })
}

// Connections counts the entries of the connection table, within limit.
func (c *Client) Connections(limit ConnectionLimit) (Connections, error) {
	return readPart(c, "read connections", func() (Connections, error) {
		return readConnections(c.proc.net, limit)
	})
}

// Marks reads to which destination addresses packets get the mark of a
// firewall-mark service, in order. What could be read it returns beside an
// error.
func (c *Client) Marks() (marks map[ServiceID][]netip.Addr, err error) {
	err = c.netns.do(func() error {
		marks, err = c.host.marks.read()
		return err
	})
	if err != nil {
		return marks, &Error{Op: "read firewall marks", Err: err}
	}
	return marks, nil
}

// readPart calls read inside the client's network namespace.
func readPart[T any](c *Client, op string, read func() (T, error)) (part T, err error) {
	err = c.netns.do(func() error {
		part, err = read()
		return err
	})
	if err != nil {
		return part, &Error{Op: op, Err: cause(err)}
	}
	return part, nil
}
