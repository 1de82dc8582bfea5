package lab

import (
	"fmt"
	"strconv"
	"strings"
)

// The guest's first serial line is its console; its virtio ports are numbered
// as guest/init has them. These are also the order of the pipes' descriptors.
const (
	portConsole = iota
	portStdout
	portStderr
	portStatus
	portOut
	portCount
)

// QEMU inherits the initial file system as descriptor 3 and the writing ends of
// the pipes after it.
const (
	initrdFD    = 3
	firstPortFD = 4
)

// kernelLine leaves all processors but the first for guest/init to start: the
// kernel changes its own code while it boots, and an emulated processor that
// comes along just then may trap for good.
const kernelLine = "console=ttyS0 quiet panic=-1 maxcpus=1 mitigations=off tsc=reliable no_timer_check random.trust_cpu=on audit=0"

// slack is a variable for guest/init: by how many nanoseconds the guest's programs
// may wake up late. Go's runtime sleeps for 20 µs again and again while there is
// something to do, and in an emulated guest each time costs more than that.
const slack = " slack=4000000"

// commandLine returns the kernel's. Where instructions are counted programs are to
// do what they always do, and the guest's clock is the count.
func commandLine(accelerator string, count bool) string {
	switch {
	case count:
		return kernelLine
	case accelerator == "tcg":
		return kernelLine + slack + tickRate()
	}
	return kernelLine + slack
}

// qemuArgs returns QEMU's command line.
func qemuArgs(image Image, accelerator string, c Config) []string {
	args := []string{
		"-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
		"-accel", accelerator, "-cpu", processor(c.Count),
		"-smp", strconv.Itoa(c.CPUs), "-m", strconv.Itoa(c.MemoryMiB),
		"-kernel", image.vmlinux(), "-initrd", fmt.Sprintf("/dev/fd/%d", initrdFD), "-append", commandLine(accelerator, c.Count),
		"-nic", "user,model=virtio-net-pci,net=10.77.0.0/24" + forwardArgs(c.Forward),
		"-device", "virtio-serial",
	}
	if c.Count {
		args = append(args, "-icount", "shift=0,sleep=off")
	}
	for port := range portCount {
		args = append(args, portArgs(port)...)
	}
	return args
}

// processor returns QEMU's model of one. Where instructions are counted it lacks
// fast string instructions, so that programs copy words rather than bytes by
// them: QEMU counts each step of theirs as an instruction.
func processor(count bool) string {
	if count {
		return "max,-erms"
	}
	return "max"
}

func forwardArgs(forwards []Forward) string {
	var args strings.Builder
	for _, f := range forwards {
		fmt.Fprintf(&args, ",hostfwd=tcp:127.0.0.1:%d-:%d", f.Host, f.Guest)
	}
	return args.String()
}

// portArgs leads a port of the guest to its pipe; without append, QEMU would
// truncate it, which a pipe refuses.
func portArgs(port int) []string {
	args := []string{
		"-add-fd", fmt.Sprintf("fd=%d,set=%d", firstPortFD+port, port),
		"-chardev", fmt.Sprintf("file,id=port%d,path=/dev/fdset/%d,append=on", port, port),
	}
	if port == portConsole {
		return append(args, "-serial", "chardev:port0")
	}
	return append(args, "-device", fmt.Sprintf("virtserialport,chardev=port%d,nr=%d", port, port))
}
