package ipvs

import (
	"errors"
	"io"
	"path/filepath"
	"time"
)

// ConnectionCount says how many entries of the connection table have a
// protocol and a state, both the kernel's words in lower case
// (ip_vs_core.c:ip_vs_proto_name, ip_vs_proto.c:ip_vs_state_name):
//
//	tcp   none, established, syn_sent, syn_recv, fin_wait, time_wait, close,
//	      close_wait, last_ack, listen, synack
//	udp   udp
//	sctp  none, init1, init, c-sent, c-replied, c-wait, cookie, c-echoed,
//	      established, s-sent, s-received, s-ack-sent, rejected, closed
//
// Persistence templates are entries too, under none, or assured once a
// connection that they control was established; those of firewall-mark
// services have the protocol ip.
type ConnectionCount struct {
	Protocol, State string
	Connections     uint64 // all of them
	Synced          uint64 // learnt from another director
}

// Connections is what one pass over the connection table found. The pass is
// not atomic: where connections come and go meanwhile, or the table of Linux 7.1
// and later changes its size, it may miss some and count some twice.
type Connections struct {
	Counts    []ConnectionCount // sorted by protocol and state
	Truncated bool              // the limit ended the pass, the counts are of a part of the table
}

// ConnectionLimit bounds a pass over the connection table.
type ConnectionLimit struct {
	Entries int           // to count; 0 counts none
	Time    time.Duration // after which no more of the table is read; 0 reads none
}

// readConnections counts the connections of the network namespace. net is a
// folder like /proc/net.
//
// It is slow by the kernel's nature. Whatever the buffer, a read returns one
// page at most, some fifty connections (fs/seq_file.c:seq_read_iter), and up to
// Linux 7.0 each walks the table from its start to where the last one ended
// (ip_vs_conn.c:ip_vs_conn_array): time grows with the square of the table.
func readConnections(net string, limit ConnectionLimit) (Connections, error) {
	end := time.Now().Add(limit.Time)
	return parseTable(filepath.Join(net, "ip_vs_conn_sync"), func(r io.Reader) (Connections, error) {
		return countConnections(r, limit.Entries, func() bool { return !time.Now().Before(end) })
	})
}

// countConnections reads the text of /proc/net/ip_vs_conn_sync
// (ip_vs_conn.c:ip_vs_conn_sync_seq_show), of which it keeps only counts:
//
//	Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Origin Expires
//	TCP 0A000102 D904 0A000164 0050 0A00020B 1F90 ESTABLISHED LOCAL      899
//
// It ends early once it has counted as many entries as it may and there is
// another, or when stop, which it asks now and then, says so.
func countConnections(r io.Reader, entries int, stop func() bool) (Connections, error) {
	const file = "/proc/net/ip_vs_conn_sync"
	// About a page of the file: to ask at every line would cost more than to
	// count it.
	const linesPerStop = 64
	var counts connectionCounts
	var truncated, headed bool
	err := eachLine(file, r, func(number int, line []byte) error {
		if number == 1 {
			headed = true
			return checkConnectionHeading(line)
		}
		if number-2 >= entries || number%linesPerStop == 2 && stop() {
			truncated = true
			return errEnough
		}
		return counts.line(line)
	})
	if err == nil && !headed {
		err = errors.New(file + ": no line of column headings")
	}
	if err != nil {
		return Connections{}, err
	}
	return Connections{Counts: counts.sorted(), Truncated: truncated}, nil
}
