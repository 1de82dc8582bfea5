package lab

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHash(t *testing.T) {
	seen := map[string]bool{}
	for _, parts := range [][]string{nil, {""}, {"ab", "c"}, {"a", "bc"}, {"abc"}} {
		seen[hash(parts...)] = true
	}
	if len(seen) != 5 {
		t.Errorf("%d hashes of 5 lists", len(seen))
	}
}

func TestRunScript(t *testing.T) {
	var log strings.Builder
	_, err := runScript(t.Context(), &log, "die", "so it is")
	if err == nil || err.Error() != "so it is" || log.String() != "lab: so it is\n" {
		t.Errorf("error %v, log %q, want the script's words", err, log.String())
	}
	output, err := runScript(t.Context(), &log, "echo", "$HOME")
	if string(output) != "$HOME\n" || err != nil {
		t.Errorf("output %q, error %v", output, err)
	}
}

// A kernel that the host's sources lack is that of Debian's testing.
func TestPackages(t *testing.T) {
	const archives = `#!/bin/sh
case "$*" in
*/testing/apt.conf*linux-image-cloud-amd64)
	echo 'Inst linux-base (4.17 Debian:testing [all])'
	echo 'Inst linux-modules-7.2.12+deb14-cloud-amd64 (7.2.12-1 Debian:testing [amd64])'
	echo 'Inst linux-image-7.2.12+deb14-cloud-amd64 (7.2.12-1 Debian:testing [amd64]) []' ;;
*/dev/null*linux-image-cloud-amd64)
	echo 'Inst linux-image-6.1.0-56-cloud-amd64 (6.1.192-2 Debian:12 [amd64])' ;;
*/dev/null*busybox*)
	echo 'Inst busybox-static (1:1.35.0-4 Debian:12 [amd64])' ;;
esac
`
	bin := t.TempDir()
	for name, program := range map[string]string{"apt-get": archives, "sudo": "#!/bin/sh\nexit 1\n"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(program), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	tests := []struct{ series, want, err string }{
		{"6.12", "", "no package of Debian's cloud kernel 6.12"},
		{"6.1", "linux-image-6.1.0-56-cloud-amd64=6.1.192-2\nbusybox-static=1:1.35.0-4\n", ""},
		{"7", "linux-modules-7.2.12+deb14-cloud-amd64=7.2.12-1 testing\nlinux-image-7.2.12+deb14-cloud-amd64=7.2.12-1 testing\nbusybox-static=1:1.35.0-4\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.series, func(t *testing.T) {
			got, err := runScript(t.Context(), t.Output(), "packages", tt.series, t.TempDir())
			if string(got) != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.HasPrefix(err.Error(), tt.err) {
				t.Errorf("packages %q, error %v", got, err)
			}
		})
	}
}
