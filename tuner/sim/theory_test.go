package sim

import (
	"math"
	"testing"
	"time"
)

// queueing returns one server at a load, under Poisson traffic of 100 connections
// per second.
func queueing(load float64, workers int, d Discipline, distribution Distribution, cv float64) Config {
	c := scenario("rr", 100, 1)
	c.Duration = 3000 * time.Second
	c.Clients.Timeout = time.Hour
	c.Tuner.Interval = 24 * time.Second
	s := &c.Servers[0]
	s.Workers, s.Discipline = workers, d
	s.ServiceTime = ServiceTime{Distribution: distribution, Mean: time.Duration(load * float64(workers) * 1e7), CV: cv}
	return c
}

// batches returns the mean latency in seconds of a run's periods, the first
// ones left out, and the standard error of it, by the periods' scatter.
func batches(r Result) (mean, standardError float64) {
	periods := r.Periods[4:]
	n, sum := float64(len(periods)), 0.0
	for _, p := range periods {
		sum += p.MeanSeconds
	}
	mean = sum / n
	squares := 0.0
	for _, p := range periods {
		squares += (p.MeanSeconds - mean) * (p.MeanSeconds - mean)
	}
	return mean, math.Sqrt(squares / (n - 1) / n)
}

// unlikely is how many standard errors, estimated from a hundred batches, a
// right mean is off once in a million times.
const unlikely = 5.2

// erlangC returns the chance to wait in M/M/c, by sums.
func erlangC(workers int, offered float64) float64 {
	term, sum := 1.0, 0.0
	for n := range workers {
		sum += term
		term *= offered / float64(n+1)
	}
	last := term / (1 - offered/float64(workers))
	return last / (sum + last)
}

func TestQueuesAgreeWithTheory(t *testing.T) {
	ms := func(x float64) float64 { return x / 1000 }
	tests := []struct {
		name   string
		config Config
		want   float64
	}{
		{"M/M/1 at 50 %", queueing(0.5, 1, FIFO, Exponential, 0), ms(5 / 0.5)},
		{"M/M/1 at 80 %", queueing(0.8, 1, FIFO, Exponential, 0), ms(8 / 0.2)},
		{"M/M/4 at 80 %", queueing(0.8, 4, FIFO, Exponential, 0), ms(32 + erlangC(4, 3.2)*32/(4-3.2))},
		{"M/M/16 at 90 %", queueing(0.9, 16, FIFO, Exponential, 0), ms(144 + erlangC(16, 14.4)*144/(16-14.4))},
		// Pollaczek and Khinchine: waiting is load·mean·(1+cv²)/2 over what is left.
		{"M/D/1 at 80 %", queueing(0.8, 1, FIFO, Fixed, 0), ms(8 + 0.8*8/2/0.2)},
		{"M/G/1 at 60 %", queueing(0.6, 1, FIFO, Lognormal, 2), ms(6 + 0.6*6*5/2/0.4)},
		// Processor sharing knows the mean of the service times alone.
		{"M/D/1-PS at 80 %", queueing(0.8, 1, ProcessorSharing, Fixed, 0), ms(8 / 0.2)},
		{"M/M/1-PS at 80 %", queueing(0.8, 1, ProcessorSharing, Exponential, 0), ms(8 / 0.2)},
		{"M/G/1-PS at 80 %", queueing(0.8, 1, ProcessorSharing, Lognormal, 2), ms(8 / 0.2)},
		{"M/G/4-PS at 80 %", queueing(0.8, 4, ProcessorSharing, Lognormal, 2), ms(32 + erlangC(4, 3.2)*32/(4-3.2))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			mean, e := batches(outcome(t, test.config, Equal))
			if math.Abs(mean-test.want) > unlikely*e {
				t.Errorf("mean latency is %v s, want %v within %v", mean, test.want, unlikely*e)
			}
			if e > 0.08*test.want {
				t.Errorf("the standard error, %v, is too large to tell", e)
			}
		})
	}
}

// TestSpeedScalesTime halves every service time by doubling the speed.
func TestSpeedScalesTime(t *testing.T) {
	slow, fast := queueing(0.4, 1, FIFO, Exponential, 0), queueing(0.8, 1, FIFO, Exponential, 0)
	fast.Servers[0].Speed = 2
	one, two := outcome(t, slow, Equal).Latency.MeanSeconds, outcome(t, fast, Equal).Latency.MeanSeconds
	if math.Abs(one-two) > 1e-6*one {
		t.Errorf("mean latency is %v s at half the work, %v s at twice the speed", one, two)
	}
}

// TestRoundRobinSmoothsTraffic has rr deal Poisson traffic to four servers:
// each gets every fourth connection, so that its times between two are Erlang
// ones, and waits less than it would under traffic split by chance.
func TestRoundRobinSmoothsTraffic(t *testing.T) {
	const servers, load = 4, 0.8
	c := scenario("rr", 100*servers*load, 1, 1, 1, 1)
	c.Duration, c.Clients.Timeout, c.Tuner.Interval = 1000*time.Second, time.Hour, 10*time.Second
	r := outcome(t, c, Equal)
	mean, e := batches(r)
	// Of GI/M/1: an arrival finds the queue busy with chance b, where b is the
	// Laplace transform of the times between two at μ(1-b).
	b := 0.5
	for range 1000 {
		b = math.Pow(servers*load/(servers*load+1-b), servers)
	}
	if want := 0.01 / (1 - b); math.Abs(mean-want) > unlikely*e {
		t.Errorf("mean latency is %v s, want %v within %v", mean, want, unlikely*e)
	}
	for _, p := range r.Periods {
		for _, s := range p.Servers {
			if got := s.ShareRatio; math.Abs(got-1.0/servers) > 1/(100*10*load*servers)*1.1 {
				t.Errorf("at %v s the share of %s is %v", p.AtSeconds, s.Server, got)
			}
		}
	}
}
