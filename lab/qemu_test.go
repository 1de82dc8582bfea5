package lab

import (
	"strings"
	"testing"
)

func TestQEMUArgs(t *testing.T) {
	c := Config{MemoryMiB: 2048, CPUs: 4, Forward: []Forward{{Host: 19975, Guest: 9975}, {Host: 8080, Guest: 80}}}
	got := strings.Join(qemuArgs(Image{"/cache/image"}, "tcg", c), " ")
	for _, want := range []string{
		"-accel tcg -cpu max ",
		"-smp 4 -m 2048 ",
		" slack=4000000 ",
		"-kernel /cache/image/vmlinux -initrd /dev/fd/3 ",
		",hostfwd=tcp:127.0.0.1:19975-:9975,hostfwd=tcp:127.0.0.1:8080-:80 ",
		"-add-fd fd=4,set=0 -chardev file,id=port0,path=/dev/fdset/0,append=on -serial chardev:port0 ",
		"-add-fd fd=8,set=4 -chardev file,id=port4,path=/dev/fdset/4,append=on -device virtserialport,chardev=port4,nr=4",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("arguments lack %q:\n%s", want, got)
		}
	}
}

func TestQEMUArgsCount(t *testing.T) {
	got := strings.Join(qemuArgs(Image{"/cache/image"}, "tcg", Config{CPUs: 1, Count: true}), " ")
	for _, want := range []string{" -cpu max,-erms -smp 1 ", " -icount shift=0,sleep=off "} {
		if !strings.Contains(got, want) {
			t.Errorf("arguments lack %q:\n%s", want, got)
		}
	}
	for _, other := range []string{"slack", "tsc_early_khz"} {
		if strings.Contains(got, other) {
			t.Errorf("arguments have %q:\n%s", other, got)
		}
	}
}
