//go:build linux

package measure

import (
	"os"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Reads that come first, so that caches are warm, and those that are measured.
const (
	warmUps = 2
	reads   = 3
)

// readHere measures a read in this process.
func readHere(read func() error) (map[string]float64, error) {
	for range warmUps {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return medianUsage(os.Getpid(), reads, read)
}

func readAsTuner() (map[string]float64, error) {
	client := ipvs.NewClient(ipvs.Options{Source: ipvs.Netlink})
	defer client.Close()
	return readHere(func() error {
		table, err := client.Table()
		if err == nil {
			client.Reuse(table) // as the tuner does, once it has decided
		}
		return err
	})
}

func medianUsage(pid, times int, do func() error) (map[string]float64, error) {
	var total, system []float64
	for range times {
		u, err := spent(pid, do)
		if err != nil {
			return nil, err
		}
		total, system = append(total, u.total.Seconds()), append(system, u.system.Seconds())
	}
	return map[string]float64{CPU: median(total), System: median(system)}, nil
}
