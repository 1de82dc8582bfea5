package names

import "time"

// stoppingFor is how long the name of a task is kept that is listed no more.
// Docker waits for a task to stop for ten seconds, unless it is told otherwise.
const stoppingFor = 10 * time.Minute

// keep adds the names of the tasks that before has and Docker lists no more:
// it may be stopping them, and until they have stopped their real servers stay,
// quiescent. An address that another task has by now is that task's.
func (s *swarm) keep(before *swarm, now time.Time) {
	if before == nil {
		return
	}
	s.anywhere.keep(before.anywhere, now)
	for netns, own := range s.netns {
		own.keep(before.netns[netns], now)
	}
}

func (a addresses) keep(before addresses, now time.Time) {
	for address, name := range before.servers {
		if _, listed := a.servers[address]; listed {
			continue
		}
		missed, known := before.missed[address]
		if !known {
			missed = now
		}
		if now.Sub(missed) < stoppingFor {
			a.servers[address], a.missed[address] = name, missed
		}
	}
}
