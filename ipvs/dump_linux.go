package ipvs

import (
	"errors"

	"golang.org/x/sys/unix"
)

// services appends all virtual services to list, without their real servers.
func (c *conn) services(list []VirtualService) ([]VirtualService, dumped, error) {
	d, err := c.dump(cmdGetService, nil, func(message []byte) error {
		list = append(list, VirtualService{})
		return parseService(&list[len(list)-1], message, c.memory.names)
	})
	return list, d, err
}

// serviceIDs appends the identities of all virtual services to list.
func (c *conn) serviceIDs(list []ServiceID) ([]ServiceID, error) {
	_, err := c.dump(cmdGetService, nil, func(message []byte) error {
		var s VirtualService
		err := parseService(&s, message, c.memory.names)
		list = append(list, s.ID)
		return err
	})
	return list, err
}

// servers appends the real servers of a virtual service to list.
func (c *conn) servers(id ServiceID, list []RealServer) ([]RealServer, dumped, error) {
	family := id.Family()
	d, err := c.dump(cmdGetServer, c.serviceKey(id), func(message []byte) error {
		list = extend(list)
		return parseServer(&list[len(list)-1], message, family)
	})
	return list, d, err
}

// extend makes room for one more real server, whose memory is not cleared
// again: the parser sets all of it, and the garbage collector watches every write.
func extend(list []RealServer) []RealServer {
	if len(list) < cap(list) {
		return list[:len(list)+1]
	}
	return append(list, RealServer{})
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
		servers = c.memory.dropServers(servers)
	}
	return servers, nil
}

func (c *conn) exists(id ServiceID) (bool, error) {
	_, err := c.get(cmdGetService, c.serviceKey(id))
	if errors.Is(err, unix.ESRCH) {
		return false, nil
	}
	return err == nil, err
}

// serviceKey encodes the key of a virtual service; it is valid until the next.
func (c *conn) serviceKey(id ServiceID) []byte {
	e := encoder{c.key[:0]}
	e.service(id)
	c.key = e.b
	return e.b
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
		daemon, err := parseDaemon(message, c.memory.names)
		d.SyncDaemons = append(d.SyncDaemons, daemon)
		return err
	})
	return err
}
