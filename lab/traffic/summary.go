package traffic

import (
	"slices"
	"time"
)

// Summary is what a load came to. Latencies are of the answered requests.
type Summary struct {
	Requests          int                      `json:"requests"`
	Errors            int                      `json:"errors"`
	DurationSeconds   float64                  `json:"duration_seconds"` // from the first start to the last end
	RequestsPerSecond float64                  `json:"requests_per_second"`
	Latency           Latency                  `json:"latency_seconds"`
	Servers           map[string]ServerSummary `json:"servers"` // by the name that answered
}

// ServerSummary is one real server's part.
type ServerSummary struct {
	Requests int     `json:"requests"`
	Latency  Latency `json:"latency_seconds"`
}

// Latency holds seconds; zeros of no request. A percentile is the smallest
// latency that so many percent do not exceed.
type Latency struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P99  float64 `json:"p99"`
	Max  float64 `json:"max"`
}

// Summarize returns the summary of requests, in any order.
func Summarize(requests []Request) Summary {
	s := Summary{Requests: len(requests), Servers: map[string]ServerSummary{}}
	var answered []float64
	byServer := map[string][]float64{}
	for _, r := range requests {
		if r.Err != nil {
			s.Errors++
			continue
		}
		answered = append(answered, r.Latency.Seconds())
		byServer[r.Server] = append(byServer[r.Server], r.Latency.Seconds())
	}
	s.Latency = latency(answered)
	for server, seconds := range byServer {
		s.Servers[server] = ServerSummary{len(seconds), latency(seconds)}
	}
	s.DurationSeconds = span(requests).Seconds()
	if s.DurationSeconds > 0 {
		s.RequestsPerSecond = float64(len(requests)) / s.DurationSeconds
	}
	return s
}

func span(requests []Request) time.Duration {
	if len(requests) == 0 {
		return 0
	}
	first, last := requests[0].Start, requests[0].Start
	for _, r := range requests {
		if r.Start.Before(first) {
			first = r.Start
		}
		if end := r.Start.Add(r.Latency); end.After(last) {
			last = end
		}
	}
	return last.Sub(first)
}

func latency(seconds []float64) Latency {
	if len(seconds) == 0 {
		return Latency{}
	}
	slices.Sort(seconds)
	var sum float64
	for _, s := range seconds {
		sum += s
	}
	return Latency{
		Mean: sum / float64(len(seconds)),
		P50:  percentile(seconds, 50),
		P90:  percentile(seconds, 90),
		P99:  percentile(seconds, 99),
		Max:  seconds[len(seconds)-1],
	}
}

// percentile wants at least one value, in order.
func percentile(sorted []float64, percent int) float64 {
	return sorted[(len(sorted)*percent+99)/100-1]
}
