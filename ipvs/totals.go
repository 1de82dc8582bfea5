package ipvs

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// parseTotals reads the counters and rates of the whole director from the text
// of /proc/net/ip_vs_stats
// (net/netfilter/ipvs/ip_vs_ctl.c:ip_vs_stats_show), in which all numbers are
// hexadecimal:
//
//	  Total Incoming Outgoing         Incoming         Outgoing
//	  Conns  Packets  Packets            Bytes            Bytes
//	      A       1F       2E              3FF              400
//
//	Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s
//	      1        2        3                4                5
func parseTotals(r io.Reader) (Stats, error) {
	const counters, rates = 3, 6
	const file = "/proc/net/ip_vs_stats"
	var s Stats
	complete := false
	err := eachLine(file, r, func(number int, line []byte) (err error) {
		switch number {
		case counters:
			s, err = parseProcStats(strings.Fields(string(line)))
		case rates:
			var perSecond Stats
			perSecond, err = parseProcStats(strings.Fields(string(line)))
			s.Rates = perSecond.asRates()
			complete = true
		}
		return err
	})
	if err == nil && !complete {
		err = errors.New(file + ": ends before the rates in line 6")
	}
	if err != nil {
		return Stats{}, err
	}
	return s, nil
}

// parseProcStats reads five hexadecimal columns.
func parseProcStats(fields []string) (Stats, error) {
	var s Stats
	columns := []*uint64{&s.Connections, &s.IncomingPackets, &s.OutgoingPackets, &s.IncomingBytes, &s.OutgoingBytes}
	if len(fields) != len(columns) {
		return Stats{}, fmt.Errorf("statistics of %d columns, want %d", len(fields), len(columns))
	}
	for i, to := range columns {
		var err error
		if *to, err = strconv.ParseUint(fields[i], 16, 64); err != nil {
			return Stats{}, fmt.Errorf("%.80q is not a hexadecimal number of 64 bits", fields[i])
		}
	}
	return s, nil
}

// asRates takes columns that were read as counters for what they are.
func (s Stats) asRates() Rates {
	return Rates{
		Connections:     s.Connections,
		IncomingPackets: s.IncomingPackets,
		OutgoingPackets: s.OutgoingPackets,
		IncomingBytes:   s.IncomingBytes,
		OutgoingBytes:   s.OutgoingBytes,
	}
}
