package lab

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestConclude(t *testing.T) {
	live := t.Context()
	stopped, cancel := context.WithCancel(live)
	cancel()
	late, cancel := context.WithDeadline(live, time.Time{})
	defer cancel()
	killed := errors.New("signal: killed")
	died := result{console: "BUG\nKernel panic\nCall Trace"}
	tests := []struct {
		name  string
		ctx   context.Context
		r     result
		ended error
		want  string // error; "": status 7
	}{
		{"died", live, died, nil, `lab: the guest died; last heard: "Kernel panic"`},
		{"died, QEMU has the last word", live, result{}, killed, `lab: the guest died; last heard: "no /dev/kvm"`},
		{"time limit", late, died, killed, "lab: the time limit ended the guest: context deadline exceeded"},
		{"stopped", stopped, result{status: "7\n"}, killed, "lab: the guest was stopped: context canceled"},
		{"output lost", live, result{status: "7\n", err: io.ErrShortWrite}, nil, "lab: short write"},
		{"status", live, result{status: "7\n"}, nil, ""},
		{"status, then the time limit", late, result{status: "7\n"}, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			report := ""
			if tt.r.console == "" {
				report = "no /dev/kvm\n"
			}
			status, err := conclude(tt.ctx, tt.r, tt.ended, report)
			switch {
			case tt.want == "" && (status != 7 || err != nil):
				t.Errorf("status %d, error %v, want 7", status, err)
			case tt.want != "" && (err == nil || err.Error() != tt.want):
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}

// TestStartBound kills a process by a signal that it cannot catch and looks
// whether what it had started ends. The test program itself is that process.
func TestStartBound(t *testing.T) {
	if os.Getenv("LAB_TEST_START_BOUND") != "" {
		startAndStay(t)
		return
	}
	parent := exec.Command(os.Args[0], "-test.run=^TestStartBound$")
	parent.Env = append(os.Environ(), "LAB_TEST_START_BOUND=1")
	output, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	parent.Process.Kill()
	parent.Wait()
	for deadline := time.Now().Add(time.Minute); running(child); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			syscall.Kill(child, syscall.SIGKILL)
			t.Fatalf("process %d outlived the one that started it", child)
		}
	}
}

func startAndStay(t *testing.T) {
	cmd := exec.Command("sleep", "1000")
	ended, err := StartBound(cmd)
	if err != nil {
		t.Fatal(err)
	}
	os.Stdout.WriteString(strconv.Itoa(cmd.Process.Pid) + "\n")
	<-ended
}

// running tells whether a process runs; one that only waits to be reaped does
// not.
func running(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && !strings.Contains(string(stat), ") Z ")
}
