package ipvs

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
)

// CPUStats are the director's counters of one CPU. They are live and count
// since IPVS started in the network namespace: neither the estimator's two
// seconds nor ipvsadm -Z show in them. There are no rates of single CPUs, so
// those are zero.
type CPUStats struct {
	CPU   int
	Stats Stats
}

// readCPUStats reads the counters of every possible CPU, in the order of
// their numbers. net is a folder like /proc/net.
func readCPUStats(net string) ([]CPUStats, error) {
	return parseFile(filepath.Join(net, "ip_vs_stats_percpu"), parseCPUStats)
}

// parseCPUStats reads the text of /proc/net/ip_vs_stats_percpu
// (net/netfilter/ipvs/ip_vs_ctl.c:ip_vs_stats_percpu_show), in which all
// numbers are hexadecimal, those of the CPUs too:
//
//	       Total Incoming Outgoing         Incoming         Outgoing
//	CPU    Conns  Packets  Packets            Bytes            Bytes
//	  0        9       1F       2E              3FF              400
//	  1        1        0        0                0                0
//	  ~        A       1F       2E              3FF              400
//
//	     Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s
//	           1        2        3                4                5
//
// Totals and rates are those of /proc/net/ip_vs_stats and passed over. The
// sources of Linux 3.10, 6.1 and 6.12 print alike; in the first, connections
// and packets are 32 bits wide and wrap.
func parseCPUStats(r io.Reader) ([]CPUStats, error) {
	const headings = 2
	const file = "/proc/net/ip_vs_stats_percpu"
	var cpus []CPUStats
	complete := false
	err := eachLine(file, r, func(number int, line []byte) error {
		fields := strings.Fields(string(line))
		switch {
		case number <= headings:
			return nil
		case len(fields) > 0 && fields[0] == "~":
			complete = true
			return errEnough
		}
		cpu, err := parseCPU(fields)
		if n := len(cpus); err == nil && n > 0 && cpu.CPU <= cpus[n-1].CPU {
			return fmt.Errorf("CPU %d after CPU %d", cpu.CPU, cpus[n-1].CPU)
		}
		cpus = append(cpus, cpu)
		return err
	})
	if err == nil && !complete {
		err = errors.New(file + ": ends before the line of totals")
	}
	if err != nil {
		return nil, err
	}
	return cpus, nil
}

func parseCPU(fields []string) (CPUStats, error) {
	if len(fields) == 0 {
		return CPUStats{}, errors.New("empty line among those of the CPUs")
	}
	number, err := strconv.ParseUint(fields[0], 16, 16)
	if err != nil {
		return CPUStats{}, fmt.Errorf("%.80q is not the hexadecimal number of a CPU", fields[0])
	}
	stats, err := parseProcStats(fields[1:])
	return CPUStats{CPU: int(number), Stats: stats}, err
}
