package passive

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// ErrNotLoaded means that the kernel's module ip_vs is not loaded, or not yet.
var ErrNotLoaded = errors.New("the module ip_vs is not loaded: if this is a director, load it with modprobe ip_vs")

// Options are how a [Meter] measures, and bound the memory that it takes in the
// kernel. Zero is the default.
type Options struct {
	Connections uint32   // followed at once, 65536; about 150 bytes each. Those idle longest make room
	Servers     uint32   // each with two histograms of 1 kB at most, 2048
	Methods     []Method // tried in this order; none are those of the function Methods

	// Skip is how many exchanges each TCP connection of a service begins with that are
	// no requests, as the handshake of TLS, at most 255; in all network namespaces.
	Skip map[ipvs.ServiceID]uint8
}

// Meter times what real servers take. While it is open, the module ip_vs
// cannot be unloaded, unless the method is [Kprobe].
type Meter struct {
	objects latencyObjects
	method  Method
	hooks   []link.Link
	module  uint64 // see loaded

	mu   sync.Mutex
	past past
}

// Open has the kernel run the program. It needs CAP_SYS_ADMIN, or CAP_BPF and
// CAP_PERFMON for [KprobeMulti], and the module ip_vs; a meter that is open needs no
// capability. The error says what is missing.
func Open(o Options) (*Meter, error) {
	m, err := open(o)
	if err != nil {
		return nil, fmt.Errorf("passive: attach to ip_vs: %w", explain(err))
	}
	return m, nil
}

func open(o Options) (*Meter, error) {
	types, err := kernelTypes()
	if err != nil {
		return nil, err
	}
	if err := checkLayout(types); err != nil {
		return nil, err
	}
	m := &Meter{past: past{}, module: loaded()}
	return m, m.attach(o)
}

// Method returns how the program is attached.
func (m *Meter) Method() Method { return m.method }

// Close has the kernel forget the program and all that it has measured.
func (m *Meter) Close() error {
	var errs []error
	for _, hook := range m.hooks {
		errs = append(errs, hook.Close())
	}
	return errors.Join(append(errs, m.objects.Close())...)
}

// Read returns what has been measured of each real server, and how often
// something was not, in order. A server that has measured nothing for an hour is
// forgotten; what comes after begins at zero.
func (m *Meter) Read() ([]Reading, []Loss, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if loaded() != m.module { // as a kprobe lets it be, which is then gone
		return nil, nil, errors.New("passive: the module ip_vs was unloaded meanwhile, and the program with it: start again")
	}
	readings, err := m.readings(time.Now())
	if err != nil {
		return nil, nil, fmt.Errorf("passive: read latencies: %w", err)
	}
	losses, err := m.losses()
	if err != nil {
		return nil, nil, fmt.Errorf("passive: read losses: %w", err)
	}
	return readings, losses, nil
}

func (m *Meter) readings(now time.Time) ([]Reading, error) {
	var (
		all     []Reading
		key     latencyServerKey
		value   latencyHistogram
		entries = m.objects.Servers.Iterate()
	)
	for entries.Next(&key, &value) {
		r := identify(&key)
		r.Histogram = Histogram{Sum: time.Duration(value.Sum), Buckets: value.Buckets}
		m.past.note(now, key, &r.Histogram)
		all = append(all, r)
	}
	for _, key := range m.past.idle(now) {
		if err := m.objects.Servers.Delete(key); err != nil && !errors.Is(err, ebpf.ErrKeyNotExist) {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b Reading) int { return a.Compare(&b) })
	return all, entries.Err()
}

func (m *Meter) losses() ([]Loss, error) {
	var (
		all     []Loss
		key     latencyLossKey
		times   uint64
		entries = m.objects.Losses.Iterate()
	)
	for entries.Next(&key, &times) {
		all = append(all, Loss{key.Netns, Reason(key.Reason), times})
	}
	slices.SortFunc(all, Loss.compare)
	return all, entries.Err()
}
