package writers

import (
	"errors"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// KubeInterface is the interface that kube-proxy in its IPVS mode makes in its
// network namespace.
const KubeInterface = "kube-ipvs0"

// Find names those who are known to write weights: on the host whose files root
// has, in a network namespace with these interfaces. An error says what could
// not be looked at, and comes with those found otherwise.
func Find(root fs.FS, interfaces []string) ([]string, error) {
	var found []string
	for _, name := range interfaces {
		if name == KubeInterface {
			found = append(found, "kube-proxy (interface "+KubeInterface+")")
		}
	}
	if file := running(root, "ldirectord", "run/ldirectord*.pid"); file != "" {
		found = append(found, "ldirectord (/"+file+")")
	}
	if file := running(root, "keepalived", "run/keepalived.pid", "run/keepalived/keepalived.pid"); file != "" {
		what, err := dynamicWeights(root, commandLine(root, file))
		if err != nil {
			return found, err
		}
		if what != "" {
			found = append(found, "keepalived ("+what+")")
		}
	}
	return found, nil
}

// running returns the first of the files that has the identifier of a process
// that is there and of that program, "" where none has.
func running(root fs.FS, program string, patterns ...string) string {
	for _, pattern := range patterns {
		files, _ := fs.Glob(root, pattern) // no pattern is mistaken
		for _, file := range files {
			for _, word := range commandLine(root, file) {
				if path.Base(word) == program || strings.HasPrefix(path.Base(word), program+".") {
					return file
				}
			}
		}
	}
	return ""
}

// longestPID bounds a file with the identifier of a process.
const longestPID = 64

// commandLine returns the words by which the process was started whose
// identifier a file has, none where there is no such process.
func commandLine(root fs.FS, file string) []string {
	text, err := fs.ReadFile(root, file)
	if err != nil || len(text) > longestPID {
		return nil
	}
	pid, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 31)
	if err != nil || pid == 0 {
		return nil
	}
	line, err := fs.ReadFile(root, path.Join("proc", strconv.FormatUint(pid, 10), "cmdline"))
	if errors.Is(err, fs.ErrNotExist) || len(line) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")
}
