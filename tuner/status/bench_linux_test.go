package status

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/cputime"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// town returns a report of a thousand virtual services of a hundred real servers
// each, of which all have another weight in each period.
func town(at int) tuner.Report {
	r := tuner.Report{Time: time.Unix(1e9+10*int64(at), 0), Interval: 10 * time.Second, Read: map[string]bool{"": true}, Listed: true}
	for i := range 1000 {
		address := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}), 80)
		p := tuner.ServicePlan{Service: ipvs.AddressService(ipvs.TCP, address), Action: tuner.Apply, Code: tuner.CodeGain,
			Reason: "saves 12 % of the mean latency", Servers: make([]tuner.ServerPlan, 100)}
		for j := range p.Servers {
			share := 0.01
			p.Servers[j] = tuner.ServerPlan{Server: numbered(100*i + j), Weight: uint32(at + j + 1), PreviousWeight: uint32(at + j), ShareRatio: &share,
				PreviousShareRatio: &share, LatencySeconds: 0.05, CapacityRequestsPerSecond: 100}
		}
		r.Plan.Services = append(r.Plan.Services, p)
	}
	return r
}

// BenchmarkTell tells of one decision after the other, each a period later, and
// what is kept of an hour of them.
func BenchmarkTell(b *testing.B) {
	var board Board
	reports := []tuner.Report{town(0), town(1)}
	before := heap()
	for at := range 400 {
		r := reports[at%2]
		r.Time = reports[0].Time.Add(time.Duration(at) * r.Interval)
		board.Tell(r)
	}
	kept := heap() - before
	at, report := 400, cputime.Report(b)
	for b.Loop() {
		r := reports[at%2]
		r.Time = reports[0].Time.Add(time.Duration(at) * r.Interval)
		board.Tell(r)
		at++
	}
	report()
	b.ReportMetric(kept/1e6, "MB")
}

// BenchmarkPages asks for each sort of page of that.
func BenchmarkPages(b *testing.B) {
	var board Board
	for at := range 60 {
		board.Tell(town(at))
	}
	h, err := board.Handler(options())
	if err != nil {
		b.Fatal(err)
	}
	for _, path := range []string{"/", "/?find=10.0.9.9", "/service?service=tcp/10.1.0.9:80", "/api/v1/status", "/api/v1/status?service=tcp/10.1.0.9:80"} {
		b.Run(path, func(b *testing.B) {
			bytes, report := 0, cputime.Report(b)
			for b.Loop() {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
				bytes = w.Body.Len()
			}
			report()
			b.ReportMetric(float64(bytes)/1e3, "kB")
		})
	}
}

// heap returns the bytes that are in use.
func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
