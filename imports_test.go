// Package imports_test holds the borders between the module's packages.
package imports_test

import (
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/ipvs-autopilot/ipvs-autopilot"

// allowed says which of the module's packages each may import: arrows go
// down only, and nothing but ipvs and passive talks to the kernel.
func allowed(pkg string) []string {
	switch {
	case pkg == "ipvs":
		return nil
	case pkg == "ipvs/ipvstest", pkg == "passive", pkg == "tuner/sim/director":
		return []string{"ipvs"}
	case pkg == "collector":
		return []string{"ipvs", "passive"}
	case pkg == "names":
		return []string{"internal/yamlfile", "ipvs"}
	case pkg == "tuner/sharing":
		return []string{"internal/exact", "ipvs"}
	case pkg == "tuner":
		return []string{"internal/exact", "internal/yamlfile", "ipvs", "tuner/capacity", "tuner/limits", "tuner/scaling", "tuner/sharing"}
	case pkg == "tuner/capacity", pkg == "tuner/limits":
		return []string{"internal/exact"}
	case within(pkg, "tuner/sim"):
		return []string{"internal/exact", "internal/yamlfile", "ipvs", "tuner"}
	case pkg == "tuner/coordination", pkg == "tuner/starter", pkg == "tuner/status":
		return []string{"ipvs", "tuner"}
	case within(pkg, "tuner/sources"):
		return []string{"ipvs", "passive", "tuner"}
	case pkg == "cmd/ipvs-exporter":
		return []string{"collector", "internal/capability", "internal/daemon", "ipvs", "names", "passive"}
	case pkg == "cmd/weight-tuner":
		return []string{"tuner", "internal/capability", "internal/daemon", "ipvs", "names"}
	case within(pkg, "lab/cmd/bench"): // measures the tuner's own read, too
		return []string{"lab", "ipvs"}
	case within(pkg, "lab"):
		return []string{"lab"}
	}
	return nil
}

// owners says which packages may import a library, whose types stay inside.
func owners(imported string) []string {
	for _, rule := range []struct {
		library string
		owners  []string
	}{
		{"github.com/moby/ipvs", []string{"ipvs"}},
		{"github.com/cilium/ebpf", []string{"passive"}},
		{"github.com/mdlayher/", []string{"ipvs", "lab/cmd/bench"}},
		{"github.com/prometheus/client_golang", []string{"collector", "tuner", "cmd", "internal/daemon"}},
		{"github.com/prometheus/common/config", []string{"tuner"}},
		{"github.com/prometheus/exporter-toolkit", []string{"internal/daemon"}},
		{"github.com/alecthomas/kingpin", []string{"internal/daemon", "cmd", "lab/cmd"}},
		{"go.uber.org/zap", []string{"internal/capability", "internal/daemon", "tuner", "cmd"}},
		{"go.yaml.in/yaml", []string{"internal/yamlfile"}},
		{"github.com/fsnotify/fsnotify", []string{"names"}},
		{"github.com/klauspost/compress", []string{"cmd"}},
		{"go.etcd.io/etcd/", []string{"tuner/coordination"}},
		{"golang.org/x/term", []string{"cmd/weight-tuner"}},
		{"kernel.org/pub/linux/libs/security/libcap/", []string{"internal/capability"}},
		{"github.com/google/nftables", []string{"ipvs"}},
		{module + "/ipvs/ipvstest", []string{}},
	} {
		if strings.HasPrefix(imported, rule.library) {
			return rule.owners
		}
	}
	return []string{""} // the whole module
}

func within(pkg, folder string) bool {
	return folder == "" || pkg == folder || strings.HasPrefix(pkg, folder+"/")
}

func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-tags", "lab", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) < 5 {
		t.Fatalf("go list knows only %d packages", len(lines))
	}
	for _, line := range lines {
		fields := strings.Fields(line)
		pkg := strings.TrimPrefix(fields[0], module+"/")
		for _, imported := range fields[1:] {
			checkArrow(t, pkg, imported)
		}
	}
}

func checkArrow(t *testing.T, pkg, imported string) {
	t.Helper()
	inPkg := func(folder string) bool { return within(pkg, folder) }
	if !slices.ContainsFunc(owners(imported), inPkg) {
		t.Errorf("%s imports %s, which only %v may", pkg, imported, owners(imported))
	}
	ours, isOurs := strings.CutPrefix(imported, module+"/")
	if isOurs && !slices.ContainsFunc(allowed(pkg), func(folder string) bool { return within(ours, folder) }) {
		t.Errorf("%s imports %s; it may import %v only", pkg, ours, allowed(pkg))
	}
}

// TestPicture wants the picture in docs/architecture.md to have the imports among
// the packages in it, but for those that follow from others, and no more.
func TestPicture(t *testing.T) {
	page, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	packages := map[string]string{} // by their names in the picture
	for _, node := range regexp.MustCompile(`(\w+)\["([^"]+)"\]`).FindAllStringSubmatch(string(page), -1) {
		packages[node[1]] = node[2]
	}
	drawn := map[string][]string{}
	for _, arrow := range regexp.MustCompile(`(?m)^ +(\w+).* --> (\w+)`).FindAllStringSubmatch(string(page), -1) {
		drawn[packages[arrow[1]]] = append(drawn[packages[arrow[1]]], packages[arrow[2]])
	}
	made := importsAmong(t, slices.Collect(maps.Values(packages)))
	for from, all := range made {
		for to := range all {
			if !leads(drawn, from, to) {
				t.Errorf("%s imports %s, which is not drawn", from, to)
			}
		}
	}
	for from, all := range drawn {
		for _, to := range all {
			if !made[from][to] {
				t.Errorf("%s is drawn to import %s", from, to)
			}
		}
	}
}

// leads reports whether arrows lead from one package to another.
func leads(arrows map[string][]string, from, to string) bool {
	return slices.ContainsFunc(arrows[from], func(next string) bool { return next == to || leads(arrows, next, to) })
}

// importsAmong returns what the packages import of each other; each stands for
// those below it that do not stand for themselves.
func importsAmong(t *testing.T, packages []string) map[string]map[string]bool {
	t.Helper()
	slices.SortFunc(packages, func(a, b string) int { return len(b) - len(a) })
	standing := func(path string) string {
		path = strings.TrimPrefix(path, module+"/")
		if i := slices.IndexFunc(packages, func(p string) bool { return within(path, p) }); i >= 0 {
			return packages[i]
		}
		return ""
	}
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]map[string]bool{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		from := standing(fields[0])
		for _, imported := range fields[1:] {
			if to := standing(imported); from != "" && to != "" && from != to {
				if made[from] == nil {
					made[from] = map[string]bool{}
				}
				made[from][to] = true
			}
		}
	}
	return made
}
