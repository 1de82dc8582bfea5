package lab

import "fmt"

// DiedError says that the guest ended without handing back an exit status.
type DiedError struct {
	QEMU    string // what QEMU had to say, if anything
	Console string // the last lines of the guest's console
}

// Error returns the last thing heard.
func (e *DiedError) Error() string {
	last := lastLine([]byte(e.Console + "\n" + e.QEMU))
	return fmt.Sprintf("lab: the guest died; last heard: %q", last)
}
