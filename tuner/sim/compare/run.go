// Package compare runs policies side by side: on many scenarios, with many
// seeds, with the tuner set in many ways, on all processors at once. What comes
// out does not depend on which run ends first.
package compare

import (
	"runtime"
	"sync"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
)

// job is one run.
type job struct {
	config sim.Config
	policy tuner.Policy
}

// Progress is told how many of all runs are done; it is called by one
// goroutine at a time, first with none.
type Progress func(done, all int)

// run runs the jobs and returns their results in the same order, or the error
// of the first of them that has one.
func run(jobs []job, progress Progress) ([]sim.Result, error) {
	r := runner{jobs: jobs, results: make([]sim.Result, len(jobs)), errors: make([]error, len(jobs)), progress: progress}
	progress(0, len(jobs))
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(jobs)) {
		workers.Go(r.work)
	}
	workers.Wait()
	for _, err := range r.errors {
		if err != nil {
			return nil, err
		}
	}
	return r.results, nil
}

// runner hands out jobs in their order.
type runner struct {
	jobs     []job
	results  []sim.Result
	errors   []error
	progress Progress
	player   sim.Player

	mutex      sync.Mutex
	next, done int
	failed     bool
}

func (r *runner) work() {
	for {
		i, ok := r.take()
		if !ok {
			return
		}
		r.results[i], r.errors[i] = r.player.Run(r.jobs[i].config, r.jobs[i].policy)
		r.finish(r.errors[i] != nil)
	}
}

// take returns the next job; none once one has failed.
func (r *runner) take() (int, bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.failed || r.next == len(r.jobs) {
		return 0, false
	}
	r.next++
	return r.next - 1, true
}

func (r *runner) finish(failed bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.failed = r.failed || failed
	r.done++
	r.progress(r.done, len(r.jobs))
}
