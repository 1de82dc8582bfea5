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
	for service, exchanges := range o.Skip {
		if err := m.objects.Skips.Put(keyOf(service), exchanges); err != nil {
			return m.detach(err)
		}
	}
	for name, program := range map[string]*ebpf.Program{
		latencyProgLatency: m.objects.Latency, latencyProgDatagrams: m.objects.Datagrams,
	} {
		hook, err := linkBy(method, program, spec.Programs[name].AttachTo)
		if err != nil {
			return m.detach(err)
		}
		m.hooks = append(m.hooks, hook)
	}
	return nil
}

func (m *Meter) detach(err error) error {
	err = errors.Join(err, m.Close())
	m.hooks = nil
	return err
}

func linkBy(method Method, program *ebpf.Program, hook string) (link.Link, error) {
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
		for _, program := range spec.Programs {
			program.AttachType = ebpf.AttachTraceKprobeMulti
		}
	}
	if o.Connections > 0 {
		spec.Maps[latencyMapConnections].MaxEntries = o.Connections
		spec.Maps[latencyMapDistances].MaxEntries = max(1, o.Connections/4)
	}
	if len(o.Skip) > 0 {
		spec.Maps[latencyMapSkips].MaxEntries = uint32(len(o.Skip))
		if err := spec.Variables[latencyVarSkipping].Set(uint8(1)); err != nil {
			return nil, err
		}
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
		return errors.New("not permitted: CAP_SYS_ADMIN is needed to attach, or CAP_BPF and CAP_PERFMON where the kernel has kprobe.multi: run the program as root, or give it those")
	}
	return err
}
