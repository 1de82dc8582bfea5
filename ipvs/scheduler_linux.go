package ipvs

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// SetScheduler changes the scheduler of a virtual service, with the flags that
// are the scheduler's, and leaves all else as it is. It writes nothing, and
// says so, when nothing differs. What it wrote it reads again.
//
// The kernel loads the scheduler's module if it has to. The connections that
// there are stay where they are; between two schedulers there is a moment in
// which new ones find none (net/netfilter/ipvs/ip_vs_ctl.c:ip_vs_edit_service).
// The kernel replaces the service's settings as a whole, so that an edit of
// somebody else's in between is lost.
func (c *Client) SetScheduler(id ServiceID, to Scheduling) (written bool, err error) {
	if err = to.Check(); err == nil {
		err = c.connected(func(conn *conn) error {
			written, err = conn.setScheduler(id, to)
			return err
		})
	}
	if err != nil {
		return false, &Error{Op: "set scheduler", Service: id, Err: err}
	}
	return written, nil
}

func (c *conn) setScheduler(id ServiceID, to Scheduling) (written bool, err error) {
	message, now, err := c.service(id)
	if err != nil || now.Scheduling() == to {
		return false, err
	}
	var e encoder
	if err := e.scheduling(message, to); err != nil {
		return false, err
	}
	err = c.set(cmdSetService, e.b)
	if errors.Is(err, unix.ENOENT) {
		return false, ErrNoScheduler
	}
	if err != nil {
		return false, err
	}
	if _, now, err = c.service(id); err == nil && now.Scheduling() != to {
		err = fmt.Errorf("it is %s with flags %v after %s was written", now.Scheduler, now.SchedulerFlags(), to.Scheduler)
	}
	return err == nil, err
}

// service returns a virtual service without its real servers, and the kernel's
// message that it was read from, which is valid until the next command.
func (c *conn) service(id ServiceID) (message []byte, s VirtualService, err error) {
	if message, err = c.get(cmdGetService, c.serviceKey(id)); err != nil {
		return nil, s, err
	}
	err = parseService(&s, message, c.memory.names)
	return message, s, err
}
