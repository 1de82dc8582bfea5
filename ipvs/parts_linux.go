package ipvs

import "net/netip"

// Sysctls reads the settings of net.ipv4.vs, sorted by name.
func (c *Client) Sysctls() ([]Sysctl, error) { return nil, nil }

// CPUStats reads the counters of the whole director, processor by processor.
func (c *Client) CPUStats() ([]CPUStats, error) { return nil, nil }

// Connections counts the entries of the connection table.
func (c *Client) Connections() (Connections, error) { return Connections{}, nil }

// Marks reads which destination addresses get which firewall marks.
func (c *Client) Marks() (map[ServiceID][]netip.Addr, error) { return nil, nil }
