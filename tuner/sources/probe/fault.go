package probe

import (
	"errors"
	"slices"
	"syscall"
)

// ownFault reports whether an error tells that this host cannot ask, whatever
// the server is like: it has no file, memory, port or address left, or may not
// open connections. That there is no route is no such error: the director sends
// the clients' packets by the same routes.
func ownFault(err error) bool {
	return slices.ContainsFunc([]syscall.Errno{
		syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM,
		syscall.EADDRNOTAVAIL, syscall.EAFNOSUPPORT, syscall.EACCES, syscall.EPERM,
	}, func(e syscall.Errno) bool { return errors.Is(err, e) })
}
