package writers

import (
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// KubeInterface is the interface that kube-proxy in its IPVS mode makes in its
// network namespace.
const KubeInterface = "kube-ipvs0"

// Host is where to look.
type Host struct {
	Root  fs.FS              // its files
	Alive func(pid int) bool // whether there is such a process, which may be hidden from /proc
}

// Find names those who are known to write weights on the host, in a network
// namespace with these interfaces. An error says what could not be looked at,
// and comes with those found otherwise.
func (h Host) Find(interfaces []string) ([]string, error) {
	var found []string
	for _, name := range interfaces {
		if name == KubeInterface {
			found = append(found, "kube-proxy (interface "+KubeInterface+")")
		}
	}
	if file, _ := h.running("ldirectord", "run/ldirectord*.pid"); file != "" {
		found = append(found, "ldirectord (/"+file+")")
	}
	if file, command := h.running("keepalived", "run/keepalived.pid", "run/keepalived/keepalived.pid"); file != "" {
		what, err := dynamicWeights(h.Root, command)
		if err != nil {
			return found, err
		}
		if what != "" {
			found = append(found, "keepalived ("+what+")")
		}
	}
	return found, nil
}

// running returns the first of the files that has the identifier of a living
// process of that program, "" where none has, and the words by which it was
// started, none where they are hidden.
func (h Host) running(program string, patterns ...string) (file string, command []string) {
	for _, pattern := range patterns {
		files, _ := fs.Glob(h.Root, pattern) // no pattern is mistaken
		for _, file := range files {
			pid := h.pid(file)
			if pid == 0 || !h.Alive(pid) {
				continue
			}
			if command := h.commandLine(pid); command == nil || is(program, command) {
				return file, command
			}
		}
	}
	return "", nil
}

// is reports whether a command line is that of a program, or of what interprets
// it.
func is(program string, command []string) bool {
	for _, word := range command {
		if path.Base(word) == program {
			return true
		}
	}
	return false
}

// longestPID bounds a file with the identifier of a process.
const longestPID = 64

// pid returns the identifier that a file has, 0 for none.
func (h Host) pid(file string) int {
	text, err := fs.ReadFile(h.Root, file)
	if err != nil || len(text) > longestPID {
		return 0
	}
	pid, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 31)
	if err != nil {
		return 0
	}
	return int(pid)
}

// commandLine returns the words by which a process was started, nil where they
// are hidden.
func (h Host) commandLine(pid int) []string {
	line, err := fs.ReadFile(h.Root, path.Join("proc", strconv.Itoa(pid), "cmdline"))
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")
}
