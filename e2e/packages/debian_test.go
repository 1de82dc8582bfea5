//go:build lab

package packages

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/labtest"
)

// debian is a running system, in mount and process namespaces of its own.
type debian struct {
	root string // its root folder, as seen from outside
	init int    // its first process, as seen from outside
}

// bootScript makes its folder the root and runs systemd there, as an initial
// file system does: the kernel lets nobody pivot away from that.
const bootScript = `
cd "$1"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount --rbind /dev dev
mount -t tmpfs tmpfs run
cp "$2"/*.deb root
mount --move . /
exec chroot . /usr/bin/env -i container=lab PATH=/usr/sbin:/usr/bin /lib/systemd/systemd
`

// boot starts a Debian in the network namespace of the director, and waits until
// all its units have started.
func boot(t *testing.T) debian {
	t.Helper()
	folder := t.TempDir()
	sh(t, "mount -t tmpfs -o mode=755 tmpfs "+folder+"; tar -xf "+filepath.Join(labtest.Folder(), "debian.tar")+" -C "+folder)
	cmd := exec.Command("ip", "netns", "exec", "director", "unshare", "-m", "-p", "-f", "sh", "-ec", bootScript, "boot", folder, labtest.Folder())
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	d := debian{}
	t.Cleanup(func() {
		if d.init != 0 {
			_ = syscall.Kill(d.init, syscall.SIGKILL) // and with it all that it runs
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = syscall.Unmount(folder, syscall.MNT_DETACH)
	})
	eventually(t, func() (err error) {
		said, _ := os.ReadFile(log.Name())
		children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", cmd.Process.Pid))
		if d.init, err = strconv.Atoi(strings.TrimSpace(string(children))); err != nil {
			return fmt.Errorf("no first process: %w\n%s", err, said)
		}
		state, err := d.run("systemctl is-system-running --wait")
		if state != "running\n" {
			return fmt.Errorf("systemd says %q, %v\n%s", state, err, said)
		}
		return nil
	})
	d.root = fmt.Sprintf("/proc/%d/root", d.init)
	return d
}

// run runs a shell script in it.
func (d debian) run(script string) (printed string, err error) {
	out, err := exec.Command("nsenter", "-t", strconv.Itoa(d.init), "-m", "-n", "-p", "-r",
		"/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "sh", "-ec", script).CombinedOutput()
	return string(out), err
}

// sh does the same with one that must succeed.
func (d debian) sh(t *testing.T, script string) string {
	t.Helper()
	out, err := d.run(script)
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	return out
}

// has tells whether there is such a file, link or folder.
func (d debian) has(name string) bool {
	_, err := os.Lstat(filepath.Join(d.root, name))
	return err == nil
}

func sh(t *testing.T, script string) string {
	t.Helper()
	out, err := exec.Command("sh", "-ec", script).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	return string(out)
}

// eventually tries for much longer than a machine takes that is starved.
func eventually(t *testing.T, try func() error) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not so after 2 minutes: %v", err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
