package labtest

import "strings"

// hostFlags name files and folders of the host, and what would be put in them.
var hostFlags = []string{
	"artifacts", "blockprofile", "coverprofile", "cpuprofile", "fuzzcachedir", "gocoverdir",
	"memprofile", "mutexprofile", "outputdir", "testlogfile", "trace",
}

// guestFlags returns the test program's arguments without those that make no
// sense inside the guest. The go command writes every flag as -test.NAME=VALUE.
func guestFlags(args []string) []string {
	var kept []string
	for _, arg := range args {
		if !isHostFlag(arg) {
			kept = append(kept, arg)
		}
	}
	return kept
}

func isHostFlag(arg string) bool {
	name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	for _, host := range hostFlags {
		if name == "test."+host {
			return true
		}
	}
	return false
}
