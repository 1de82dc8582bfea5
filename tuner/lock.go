package tuner

import (
	"errors"
	"fmt"
	"io"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// locks are the directors that the loop has for itself, by the files of their
// network namespaces.
type locks map[string]lock

type lock struct {
	of Director // another one where the file leads to another namespace by now
	io.Closer
}

// take takes the director of a network namespace, unless it has it already.
func (l locks) take(n Netns) error {
	if held, ok := l[n.File]; n.Lock == nil || ok && held.of == n.Director {
		return nil
	}
	l.release(n.File)
	closer, err := n.TakeLock()
	if err == nil {
		l[n.File] = lock{n.Director, closer}
	}
	return err
}

// release lets go of a director.
func (l locks) release(file string) {
	if held, ok := l[file]; ok {
		_ = held.Close() // nothing is left to be done about it
		delete(l, file)
	}
}

// keep lets go of all directors but those of the namespaces found.
func (l locks) keep(found []Netns) {
	there := make(map[string]bool, len(found))
	for _, n := range found {
		there[n.File] = true
	}
	for file := range l {
		if !there[file] {
			l.release(file)
		}
	}
}

// TakeLock takes the director of the network namespace for this process. Where
// another one has it the error is an [ipvs.ErrLocked].
func (n Netns) TakeLock() (io.Closer, error) {
	closer, err := n.Lock()
	if errors.Is(err, ipvs.ErrLocked) {
		return nil, lockedError{n.name()}
	}
	return closer, err
}

// lockedError says that another weight-tuner has the director of a network
// namespace; "" is the program's own.
type lockedError struct{ netns string }

// Error says what to do about it.
func (e lockedError) Error() string {
	where := "the program's own network namespace"
	if e.netns != "" {
		where = "network namespace " + e.netns
	}
	return fmt.Sprintf("%s: weight-tuner is running on this director: stop it first", where)
}

// Unwrap returns [ipvs.ErrLocked].
func (lockedError) Unwrap() error { return ipvs.ErrLocked }

// Lock takes the directors that there are to tune, in the network namespaces
// that there are. It returns an error where another tuner has one of them; what
// else is wrong is met again at the first decision. Run does this first, and
// need not be the first to do it. A dry run takes none.
func (l *Loop) Lock() error {
	if l.locks == nil {
		l.locks = make(locks)
	}
	if l.Config.DryRun {
		return nil
	}
	found, _ := l.Netns()
	for _, n := range found {
		if err := l.lock(n); errors.Is(err, ipvs.ErrLocked) {
			return err
		}
	}
	return nil
}

// lock takes the director of a network namespace in which there is something
// to tune. Without it nothing may be decided there.
func (l *Loop) lock(n Netns) error {
	if l.Config.DryRun || len(l.Config.In(n.File).Services) == 0 {
		return nil
	}
	return l.locks.take(n)
}
