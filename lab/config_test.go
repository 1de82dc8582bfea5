package lab

import (
	"testing"
)

func TestConfigDefaults(t *testing.T) {
	t.Setenv("LAB_KERNEL", "")
	if _, err := (Config{}).withDefaults(); err == nil {
		t.Error("no command: no error")
	}
	c, err := Config{Command: []string{"true"}}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	if c.Kernel != "6.12" || c.MemoryMiB != 1024 || c.CPUs != 2 {
		t.Errorf("kernel %s, %d MiB, %d CPUs, want 6.12, 1024 and 2", c.Kernel, c.MemoryMiB, c.CPUs)
	}
	if counting, err := (Config{Command: []string{"true"}, Count: true}).withDefaults(); err != nil || counting.CPUs != 1 {
		t.Errorf("%d CPUs with instructions counted, error %v, want 1", counting.CPUs, err)
	}
	if c.Stdout == nil || c.Stderr == nil || c.Log == nil {
		t.Error("a writer is nil")
	}
}

func TestKernel(t *testing.T) {
	tests := []struct{ name, env, given, want string }{
		{"nothing said", "", "", "6.12"},
		{"environment", "6.1", "", "6.1"},
		{"configuration first", "6.1", "6.12", "6.12"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("LAB_KERNEL", tt.env)
			if got := kernel(tt.given); got != tt.want {
				t.Errorf("kernel(%q) = %q, want %q", tt.given, got, tt.want)
			}
		})
	}
}

func TestNamedFiles(t *testing.T) {
	got := namedFiles([]File{{Host: "bin/labtool"}, {Host: "a/b", Guest: "c/d"}})
	want := []File{{Host: "bin/labtool", Guest: "labtool"}, {Host: "a/b", Guest: "c/d"}}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("file %d is %v, want %v", i, got[i], want[i])
		}
	}
}

func TestForwarded(t *testing.T) {
	chosen, err := withFreePorts([]Forward{{Host: 0, Guest: 9975}, {Host: 8080, Guest: 80}})
	if err != nil {
		t.Fatal(err)
	}
	m := &Machine{forward: chosen}
	if got := m.Forwarded(80); got != 8080 {
		t.Errorf("port 80 is reached at %d, want 8080", got)
	}
	if m.Forwarded(9975) == 0 {
		t.Error("no free port was chosen for port 9975")
	}
	if got := m.Forwarded(22); got != 0 {
		t.Errorf("port 22 is reached at %d, want 0", got)
	}
}
