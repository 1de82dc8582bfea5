package sim

import (
	"fmt"
	"sync"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// Player runs scenarios and remembers what their oracles reckoned, which takes
// long and is the same for every policy and seed. The zero Player is ready;
// several goroutines may use one. What comes out is what [Run] returns.
type Player struct {
	mutex sync.Mutex
	known map[string]advice
}

// advice is what the oracle makes of a situation.
type advice struct {
	shares  []float64 // best, in the scenario's order
	cost    float64   // mean seconds of a request under them; 0 is not known
	weights []uint32  // for them; nil where the scheduler takes none
}

// advice returns what the oracle reckons, maybe from memory.
func (p *Player) advice(scheduler string, models []model, d demand) advice {
	key := fmt.Sprint(scheduler, models, d)
	p.mutex.Lock()
	a, ok := p.known[key]
	p.mutex.Unlock()
	if ok {
		return a
	}
	a = reckon(scheduler, models, d)
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.known == nil {
		p.known = make(map[string]advice)
	}
	p.known[key] = a
	return a
}

// Run runs a scenario under a policy: one of the tuner's, Equal or Oracle.
func Run(c Config, policy tuner.Policy) (Result, error) { return new(Player).Run(c, policy) }
