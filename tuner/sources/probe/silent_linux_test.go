package probe

import (
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// silence is what probes of servers that never answer take at most.
type silence struct {
	files, goroutines int
	asked             time.Duration // to tell which servers fail
}

// bear probes silent servers until all are known to fail and for so long after.
func (s *silence) bear(t testing.TB, p *Prober, targets []tuner.Target, more time.Duration) {
	t.Helper()
	p.Watch(targets)
	deadline := time.Now().Add(time.Minute)
	for until := (time.Time{}); until.IsZero() || time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		began := time.Now()
		failing := len(p.Failing(began))
		s.asked = max(s.asked, time.Since(began))
		s.files = max(s.files, openFiles(t))
		s.goroutines = max(s.goroutines, runtime.NumGoroutine())
		switch {
		case until.IsZero() && failing == len(targets):
			until = time.Now().Add(more)
		case time.Now().After(deadline):
			t.Fatalf("%d of %d silent servers are known to fail", failing, len(targets))
		}
	}
}

// openFiles returns how many files and sockets this process has open.
func openFiles(t testing.TB) int {
	t.Helper()
	folder, err := os.Open("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	names, err := folder.Readdirnames(0)
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}

// Servers that accept connections and never answer take a socket and a
// goroutine each, two as their time is up, and hold up neither questions nor
// the end.
func TestSilentServers(t *testing.T) {
	const servers = 1500
	config := httpProbe()
	config.Interval, config.Timeout = 2*time.Second, 2*time.Second
	targets := targetsAt(startServer(t, silent), servers)
	others, running := openFiles(t), runtime.NumGoroutine()
	p, err := NewHTTP(config)
	if err != nil {
		t.Fatal(err)
	}
	var took silence
	took.bear(t, p, targets, config.Interval)
	observations, err := p.Observe(t.Context(), time.Now())
	if err != nil || len(observations) != servers {
		t.Errorf("%d observations, %v", len(observations), err)
	}
	for _, o := range observations {
		if *o.ErrorRatio != 1 {
			t.Errorf("%s answers %v of its probes", o.Server, 1-*o.ErrorRatio)
		}
	}
	began := time.Now()
	p.Close()
	if closed := time.Since(began); closed > 5*time.Second {
		t.Errorf("it took %v to end", closed)
	}
	if took.files > others+servers || took.goroutines > running+2*servers+10 || took.asked > 2*time.Second {
		t.Errorf("%d servers took %+v", servers, took)
	}
	if n := openFiles(t); n > others {
		t.Errorf("%d files are left open", n-others)
	}
}

// BenchmarkSilentServers probes 10,000 servers that accept connections and never
// answer, every 5 s for 10 s.
func BenchmarkSilentServers(b *testing.B) {
	const servers = 10000
	config := httpProbe()
	config.Interval, config.Timeout = 5*time.Second, 5*time.Second
	targets := targetsAt(startServer(b, silent), servers)
	for b.Loop() {
		p, err := NewHTTP(config)
		if err != nil {
			b.Fatal(err)
		}
		var took silence
		took.bear(b, p, targets, 0)
		before, began := used(b), time.Now()
		took.bear(b, p, targets, 10*time.Second)
		spent, seconds := used(b)-before, time.Since(began).Seconds()
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		began = time.Now()
		p.Close()
		b.ReportMetric(float64(time.Since(began).Milliseconds()), "close-ms")
		b.ReportMetric(spent.Seconds()/seconds, "cores")
		b.ReportMetric(float64(memory.Sys)/1e6, "MB")
		b.ReportMetric(float64(took.asked.Milliseconds()), "ask-ms")
		b.ReportMetric(float64(took.files), "files")
		b.ReportMetric(float64(took.goroutines), "goroutines")
	}
}
