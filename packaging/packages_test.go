package packaging_test

import (
	"crypto/sha256"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/golden"
)

// makePackages makes the packages of one architecture in a new folder.
func makePackages(t *testing.T, args ...string) (dist string) {
	t.Helper()
	dist = filepath.Join(t.TempDir(), "dist")
	run(t, "make", append([]string{"-C", "..", "packages", "ARCHS=amd64", "VERSION=v1.2.3", "DIST=" + dist}, args...)...)
	return dist
}

func run(t *testing.T, command string, args ...string) (printed string) {
	t.Helper()
	out, err := exec.Command(command, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", command, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// sums returns a hash of each file in a folder, by its name.
func sums(t *testing.T, folder string) map[string][sha256.Size]byte {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string][sha256.Size]byte{}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		sums[e.Name()] = sha256.Sum256(content)
	}
	return sums
}

func TestPackages(t *testing.T) {
	dist := makePackages(t)
	t.Run("all", func(t *testing.T) { all(t, dist) })
	t.Run("again", func(t *testing.T) { again(t, dist) })
	t.Run("another time", func(t *testing.T) { anotherTime(t, dist) })
	t.Run("lintian", func(t *testing.T) { lintian(t, dist) })
	t.Run("deb", func(t *testing.T) { debs(t, dist) })
	t.Run("rpm", func(t *testing.T) { rpms(t, dist) })
	t.Run("archive", func(t *testing.T) { archives(t, dist) })
}

func all(t *testing.T, dist string) {
	var got []string
	for name := range sums(t, dist) {
		got = append(got, name)
	}
	slices.Sort(got)
	golden.Expect(t, "dist", []byte(strings.Join(got, "\n")+"\n"))
	run(t, "sh", "-ec", "cd "+dist+"; sha256sum --check --strict SHA256SUMS")
}

// The same source gives the same bytes, wherever and by whomever it is made.
func again(t *testing.T, dist string) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TZ", "Asia/Tokyo")
	t.Setenv("USER", "somebody")
	t.Setenv("GOMAXPROCS", "1")
	want, got := sums(t, dist), sums(t, makePackages(t))
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s is not the same again", name)
		}
	}
}

// What bears another time is not the same: the comparison can fail.
func anotherTime(t *testing.T, dist string) {
	want, got := sums(t, dist), sums(t, makePackages(t, "SOURCE_DATE_EPOCH=1000000000"))
	for name := range want {
		if got[name] == want[name] {
			t.Errorf("%s does not bear the time", name)
		}
	}
}

func lintian(t *testing.T, dist string) {
	debs, err := filepath.Glob(filepath.Join(dist, "*.deb"))
	if err != nil || len(debs) == 0 {
		t.Fatalf("%d debs, %v", len(debs), err)
	}
	if out := run(t, "lintian", append([]string{"--allow-root", "--fail-on=error,warning"}, debs...)...); out != "" {
		t.Errorf("lintian says\n%s", out)
	}
}

// programs runs a test of a package of each.
func programs(t *testing.T, test func(t *testing.T, program string)) {
	for _, program := range []string{"ipvs-exporter", "weight-tuner"} {
		t.Run(program, func(t *testing.T) { test(t, program) })
	}
}

func debs(t *testing.T, dist string) {
	programs(t, func(t *testing.T, program string) {
		file := filepath.Join(dist, program+"_1.2.3_amd64.deb")
		text := run(t, "dpkg-deb", "-f", file, "Package", "Version", "Architecture", "Depends", "Pre-Depends")
		text += "conffiles: " + run(t, "dpkg-deb", "-I", file, "conffiles")
		text += run(t, "sh", "-c", `dpkg-deb --fsys-tarfile "$0" | tar -tv | awk '{print $1, $2, $6}'`, file)
		golden.Expect(t, program+".deb", []byte(text))
		installed := t.TempDir()
		run(t, "dpkg-deb", "-x", file, installed)
		completes(t, program, installed)
		if out := run(t, "man", "--warnings", "-l", filepath.Join(installed, "usr/share/man/man8", program+".8.gz")); !strings.Contains(out, program+" 1.2.3") {
			t.Errorf("the manual's page says\n%s", out)
		}
	})
}

// completes tries the completions that are installed in a folder, with bash.
func completes(t *testing.T, program, root string) {
	t.Helper()
	got := run(t, "bash", "-ec", `PATH=$0/usr/bin:$PATH
		. "$0/usr/share/bash-completion/completions/$1"
		COMP_WORDS=("$1" --path.p) COMP_CWORD=1
		$(complete -p "$1" | sed 's/.*-F \([^ ]*\).*/\1/')
		echo "${COMPREPLY[*]}"`, root, program)
	if got != "--path.procfs\n" {
		t.Errorf("bash completes --path.p to %q", got)
	}
}

func rpms(t *testing.T, dist string) {
	programs(t, func(t *testing.T, program string) {
		file := filepath.Join(dist, program+"-1.2.3-1.x86_64.rpm")
		golden.Expect(t, program+".rpm", []byte(run(t, "rpm", "-qp", "--scripts", "--qf",
			`%{NAME} %{VERSION}-%{RELEASE} %{ARCH} %{LICENSE} %{BUILDHOST}\n[%{FILEMODES:perms} %{FILEUSERNAME}/%{FILEGROUPNAME} %{FILENAMES} %{FILEFLAGS:fflags}\n]`, file)))
		run(t, "rpm", "-K", "--nosignature", file)
	})
}

// archives are of what runs and tells its version.
func archives(t *testing.T, dist string) {
	programs(t, func(t *testing.T, program string) {
		folder := t.TempDir()
		run(t, "tar", "-C", folder, "-xf", filepath.Join(dist, program+"-1.2.3.linux-amd64.tar.gz"))
		if out := run(t, filepath.Join(folder, program+"-1.2.3.linux-amd64", "usr/bin", program), "--version"); !strings.Contains(out, "version v1.2.3 ") {
			t.Errorf("it is of the version %s", out)
		}
	})
}
