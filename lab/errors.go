package lab

import (
	"fmt"
	"strings"
)

// DiedError says that the guest ended without handing back an exit status.
type DiedError struct {
	QEMU    string // what QEMU had to say, if anything
	Console string // the last lines of the guest's console
}

// Error returns why the kernel panicked, else the last thing heard.
func (e *DiedError) Error() string {
	words := lastLine([]byte(e.Console + "\n" + e.QEMU))
	for line := range strings.Lines(e.Console) {
		if strings.Contains(line, "Kernel panic") {
			words = strings.TrimSpace(line)
		}
	}
	return fmt.Sprintf("lab: the guest died; last heard: %q", words)
}
