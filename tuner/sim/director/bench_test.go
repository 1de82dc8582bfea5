package director

import (
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// BenchmarkConnections is connections from the SYN to the removal from the
// table, 2000 a second for 50 ms each, over the two minutes and more that a
// closed connection stays there.
func BenchmarkConnections(b *testing.B) {
	benchmarks := []struct {
		name, scheduler string
		servers         int
	}{
		{"wrr-10", "wrr", 10},
		{"wlc-100", "wlc", 100},
	}
	for _, bb := range benchmarks {
		b.Run(bb.name, func(b *testing.B) {
			l := newLoad(b, bb.scheduler, bb.servers, 500*time.Microsecond)
			for range 300_000 {
				l.connect()
			}
			b.ResetTimer()
			for range b.N {
				l.connect()
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "connections/s")
		})
	}
}

// load is connections at a steady rate, a hundred of them open at any time.
type load struct {
	testing.TB
	every   time.Duration
	service *Service
	now     time.Duration
	open    [100]Conn
	count   uint32
}

func newLoad(t testing.TB, scheduler string, servers int, every time.Duration) *load {
	weights := make([]uint32, servers)
	for i := range weights {
		weights[i] = uint32(20 * (1 + i%7))
	}
	return &load{TB: t, every: every, service: serviceOf(t, randomly(), ipvs.VirtualService{Scheduler: scheduler}, weights...)}
}

// connect opens a connection, and closes the oldest that is open.
func (l *load) connect() {
	d := l.service.director
	l.now += l.every
	l.count++
	c, verdict := l.service.Connect(l.now, Flow{Client: clientOf(l.count/50000, uint16(1+l.count%50000))})
	if verdict != Forwarded {
		l.Fatalf("verdict %v", verdict)
	}
	d.FromServer(l.now, c, SYN)
	d.FromClient(l.now, c, ACK)
	oldest := &l.open[l.count%uint32(len(l.open))]
	if l.count > uint32(len(l.open)) {
		d.FromClient(l.now, *oldest, FIN)
		d.FromServer(l.now, *oldest, FIN)
	}
	*oldest = c
}
