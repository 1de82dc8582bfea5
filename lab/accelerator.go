package lab

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// kvmTrial bounds the trial of KVM, which boots in a second where it works.
const kvmTrial = 10 * time.Second

// accelerator returns kvm where a guest comes up under it, else tcg, QEMU's
// software emulation. A /dev/kvm that opens proves little, as nested and
// para-virtual hosts offer ones that cannot boot a kernel; so it is tried, and
// the outcome kept for as long as the host does not boot again. It never counts
// instructions.
func accelerator(ctx context.Context, image Image, count bool) string {
	if count {
		return "tcg"
	}
	device, err := os.OpenFile("/dev/kvm", os.O_RDWR, 0)
	if err != nil {
		return "tcg"
	}
	device.Close()
	file := outcomeFile(filepath.Dir(image.Folder))
	if known, err := os.ReadFile(file); err == nil {
		return string(known)
	}
	outcome := "tcg"
	if kvmWorks(ctx, image) {
		outcome = "kvm"
	}
	if ctx.Err() == nil {
		os.WriteFile(file, []byte(outcome), 0o644) // not kept: tried again
	}
	return outcome
}

func outcomeFile(cache string) string {
	id, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return filepath.Join(cache, "accelerator-"+strings.TrimSpace(string(id)))
}

func kvmWorks(ctx context.Context, image Image) bool {
	ctx, cancel := context.WithTimeout(ctx, kvmTrial)
	defer cancel()
	c, err := Config{Command: []string{"true"}}.withDefaults()
	if err != nil {
		return false
	}
	m, err := boot(ctx, image, "kvm", c)
	if err != nil {
		return false
	}
	status, err := m.Wait()
	return err == nil && status == 0
}
