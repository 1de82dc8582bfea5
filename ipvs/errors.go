package ipvs

import (
	"errors"
	"io/fs"
	"syscall"
)

// What can be wrong; test with errors.Is.
var (
	// ErrNotSupported: the running kernel has no IPVS, or its module is not
	// loaded. It clears once the module is there.
	ErrNotSupported = errors.New("the kernel has no IPVS, or the module ip_vs is not loaded: if this is a director, load it with modprobe ip_vs")
	// ErrNotPermitted: netlink wants CAP_NET_ADMIN in the initial user
	// namespace, for reads too.
	ErrNotPermitted = errors.New("not permitted: CAP_NET_ADMIN in the initial user namespace is needed, which this program lacks: run it as root, or give it that capability")
	// ErrNoNetns: the file of the network namespace is gone, or leads to
	// another namespace by now.
	ErrNoNetns = errors.New("no such network namespace")
	// ErrNoService: the director has no such virtual service.
	ErrNoService = errors.New("no such virtual service")
	// ErrNoServer: the virtual service has no such real server.
	ErrNoServer = errors.New("no such real server")
	// ErrChanged: somebody else has changed what an edit is to start from.
	ErrChanged = errors.New("the weight has changed")
	// ErrNoScheduler: the kernel has no such scheduler, nor a module of it.
	ErrNoScheduler = errors.New("the kernel has no such scheduler")
)

// Error is a failed operation on the kernel's tables.
type Error struct {
	Op      string    // what was being done, as "set weight"
	Service ServiceID // zero where the operation concerns none
	Server  ServerID  // zero where the operation concerns none
	Err     error     // what was wrong
}

// Error returns "ipvs: OP of SERVER in SERVICE: CAUSE", without the parts
// that the operation has not.
func (e *Error) Error() string {
	text := "ipvs: " + e.Op
	switch {
	case e.Server != (ServerID{}):
		text += " of " + e.Server.String() + " in " + e.Service.String()
	case e.Service != (ServiceID{}):
		text += " of " + e.Service.String()
	}
	return text + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// cause puts the package's own errors in place of the system's.
func cause(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist): // no /proc file, or no such netlink family any more
		return ErrNotSupported
	case errors.Is(err, fs.ErrPermission):
		return ErrNotPermitted
	case errors.Is(err, syscall.ESRCH):
		return ErrNoService
	}
	return err
}
