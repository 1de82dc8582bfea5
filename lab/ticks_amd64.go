package lab

import (
	"fmt"
	"math"
	"time"
)

// ticks reads this processor's time stamp counter.
func ticks() uint64

// instant is a moment on two clocks.
type instant struct {
	ticks uint64
	at    time.Time
}

// now reads both clocks a hundred times and returns the reading that took the
// fewest ticks: in others something came between the two.
func now() (best instant) {
	least := uint64(math.MaxUint64)
	for range 100 {
		before := ticks()
		at := time.Now()
		if took := ticks() - before; took < least {
			least, best = took, instant{before + took/2, at}
		}
	}
	return best
}

// tickRate is an argument for a kernel that runs emulated: how fast the counter
// is, which is this processor's own there. The kernel would find out by polling
// an emulated timer, and where QEMU is kept waiting meanwhile its clock runs up
// to ten times too fast from then on.
func tickRate() string {
	from := now()
	time.Sleep(20 * time.Millisecond)
	to := now()
	perMillisecond := float64(to.ticks-from.ticks) / float64(to.at.Sub(from.at)) * float64(time.Millisecond)
	return fmt.Sprintf(" tsc_early_khz=%.0f", perMillisecond)
}
