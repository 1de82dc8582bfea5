package passive

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
)

// Method is how the program is attached to the kernel's function.
type Method string

// The methods. What they cost, and which kernels have them, is in
// docs/decisions/0015-latency-at-the-director.md.
const (
	Fentry      Method = "fentry"
	KprobeMulti Method = "kprobe_multi"
	Kprobe      Method = "kprobe" // does not hold the module
)

// Methods returns all of them, the cheapest first.
func Methods() []Method { return []Method{Fentry, KprobeMulti, Kprobe} }

// attach tries the methods in turn. The error is about all of them.
func (m *Meter) attach(o Options) error {
	methods := o.Methods
	if len(methods) == 0 {
		methods = Methods()
	}
	var all error
	for _, method := range methods {
		err := m.attachBy(method, o)
		if err == nil {
			m.method = method
			return nil
		}
		if err = fmt.Errorf("%s: %w", method, err); all != nil {
			err = fmt.Errorf("%w; %w", all, err)
		}
		all = err
	}
	return all
}

func (m *Meter) attachBy(method Method, o Options) error {
	spec, err := specify(method, o)
	if err != nil {
		return err
	}
	if err := spec.LoadAndAssign(&m.objects, nil); err != nil {
		return err
	}
	if m.hook, err = linkBy(method, m.objects.Latency); err != nil {
		_ = m.objects.Close()
	}
	return err
}

func linkBy(method Method, program *ebpf.Program) (link.Link, error) {
	switch method {
	case Fentry:
		return link.AttachTracing(link.TracingOptions{Program: program})
	case KprobeMulti:
		return link.KprobeMulti(program, link.KprobeMultiOptions{Symbols: []string{hook}})
	}
	return link.Kprobe(hook, program, nil)
}

// specify returns the program for a method, with the maps' sizes.
func specify(method Method, o Options) (*ebpf.CollectionSpec, error) {
	load := loadKprobe
	if method == Fentry {
		load = loadLatency
	}
	spec, err := load()
	if err != nil {
		return nil, err
	}
	if method == KprobeMulti {
		spec.Programs[latencyProgLatency].AttachType = ebpf.AttachTraceKprobeMulti
	}
	if o.Connections > 0 {
		spec.Maps[latencyMapConnections].MaxEntries = o.Connections
	}
	if o.Servers > 0 {
		spec.Maps[latencyMapServers].MaxEntries = 2 * o.Servers
	}
	return spec, spec.Variables[latencyVarBounds].Set(boundsInKernel())
}

// explain says of what is not permitted which capability permits it. A program
// that the kernel finds fault with is refused by the same number as a probe.
func explain(err error) error {
	var fault *ebpf.VerifierError
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) && !errors.As(err, &fault) {
		return errors.New("not permitted: CAP_SYS_ADMIN is needed to attach: run the program as root, or give it that capability")
	}
	return err
}
