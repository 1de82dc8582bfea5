//go:build lab

package e2e

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/passive"
)

// Each answer is timed once, or there is a reason why it is not.
func TestPassiveCounts(t *testing.T) {
	tests := []struct {
		name, network, service, forward string
		do                              func(*counted)
		want                            map[string]uint64 // times and losses
	}{
		{"NAT", "nat.sh 1", "10.0.1.100:80", "-m", func(c *counted) { c.connect().exchange(3) }, counts{"connect": 1, "first_byte": 3}},
		{"NAT, before the meter", "", "10.0.1.100:80", "-m", (*counted).goOn, counts{"first_byte": 1}},
		{"NAT, request lost", "", "10.0.1.100:80", "-m", (*counted).loseRequest, counts{"connect": 1, "request_repeated": 1}},
		{"NAT, SYN lost", "", "10.0.1.100:80", "-m", (*counted).loseSYN, counts{"syn_repeated": 1, "first_byte": 2}},
		{"NAT, farewell", "", "10.0.1.100:80", "-m", (*counted).sayFarewell, counts{"connect": 1, "first_byte": 1}},
		{"NAT, given up", "", "10.0.1.100:80", "-m", (*counted).giveUp, counts{"connect": 1, "reset": 1}},
		{"DR", "direct.sh 1", "10.0.2.100:9000", "-g", func(c *counted) { c.check().connect().exchange(3) }, counts{"timestamps": 3}},
		{"DR, the first connection", "", "10.0.2.100:9000", "-g", (*counted).beFirst, counts{"unchecked": 2}},
		{"DR, ever nearer", "", "10.0.2.100:9000", "-g", (*counted).comeNearer, counts{"timestamps": 1}},
		{"DR, before the meter", "", "10.0.2.100:9000", "-g", (*counted).goOn, counts{"not_seen": 1}},
		{"DR, request lost", "", "10.0.2.100:9000", "-g", (*counted).loseRequest, counts{"request_repeated": 1}},
		{"DR, SYN lost", "", "10.0.2.100:9000", "-g", (*counted).loseSYN, counts{"syn_repeated": 2}},
		{"DR, given up", "", "10.0.2.100:9000", "-g", (*counted).giveUp, counts{"reset": 1}},
		{"DR, no answer", "", "10.0.2.100:9000", "-g", (*counted).hearNothing, counts{"closed": 1}},
		{"DR, without timestamps", "", "10.0.2.100:9000", "-g", (*counted).forgoTimestamps, counts{"acknowledgement": 1, "no_timestamps": 2}},
	}
	for _, test := range tests {
		if test.network != "" {
			sh(t, test.network)
		}
		t.Run(test.name, func(t *testing.T) {
			service, end := arrangeService(t, "tcp/"+test.service, "10.0.2.11:9000 "+test.forward)
			defer end()
			for range 10 {
				got := count(t, service, test.do, test.want)
				if got["clock"] == 0 && got["unchecked"] == test.want["unchecked"] {
					if !maps.Equal(got, test.want) {
						t.Errorf("%v, want %v", got, test.want)
					}
					return
				}
			}
			t.Error("a clock is doubted each time")
		})
	}
}

// count returns what became of the answers, once there are as many as are wanted.
// On a machine that is starved, a handshake may take longer than an answer, so that
// a clock is doubted, and no SYN-ACKs be equally punctual.
func count(t *testing.T, service ipvs.ServiceID, do func(*counted), want counts) (got counts) {
	t.Helper()
	c := &counted{T: t, service: service, stop: make(chan struct{})}
	defer close(c.stop)
	defer answerAt(t, "server1", ":9000", c).Close()
	do(c)
	eventually(t, func() error {
		if got = c.tally(); sum(got) < sum(want) {
			return fmt.Errorf("%v, want %v", got, want)
		}
		return nil
	})
	return got
}

func sum(c counts) (n uint64) {
	for _, times := range c {
		n += times
	}
	return n
}

// counts are how often something was timed, by its name, or lost, by the reason.
type counts = map[string]uint64

// counted is a service whose answers are counted; it is a real server, too.
type counted struct {
	*testing.T
	service ipvs.ServiceID
	meter   *passive.Meter
	conn    net.Conn
	answers *bufio.Reader
	stop    chan struct{}
}

// ServeHTTP implements http.Handler.
func (c *counted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/never":
		<-c.stop
	case "/close":
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	default:
		time.Sleep(20 * time.Millisecond) // longer than a handshake
		fmt.Fprint(w, "well")
	}
}

// open begins to measure, unless it has begun.
func (c *counted) open() {
	c.Helper()
	if c.meter == nil {
		c.meter = openMeter(c.T)
	}
}

// connect opens the meter and a connection.
func (c *counted) connect() *counted {
	c.Helper()
	c.open()
	return c.dial()
}

// check has enough connections for it to be known which SYN-ACKs are punctual.
func (c *counted) check() *counted {
	c.Helper()
	c.open()
	for range handshakes {
		c.dial()
	}
	return c
}

func (c *counted) dial() *counted {
	c.Helper()
	conn, err := dial("client", "tcp", c.service.Address.String())
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { _ = conn.Close() })
	c.conn, c.answers = conn, bufio.NewReader(conn)
	return c
}

func (c *counted) request(path string) {
	c.Helper()
	if _, err := io.WriteString(c.conn, "GET "+path+" HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
		c.Fatal(err)
	}
}

// exchange asks n times. The client then acknowledges the last answer.
func (c *counted) exchange(n int) {
	c.Helper()
	for range n {
		c.request("/")
		if body, err := readAnswer(c.answers); body != "well" || err != nil {
			c.Fatalf("answer %q, %v", body, err)
		}
	}
}

func (c *counted) goOn() {
	c.dial().exchange(1)
	c.open()
	c.exchange(1)
}

// beFirst has a handshake that takes so long that it needs a check.
func (c *counted) beFirst() {
	shIn(c, "client", "tc qdisc add dev wan0 root netem delay 5ms")
	defer shIn(c, "client", "tc qdisc del dev wan0 root")
	c.connect().exchange(2)
}

// comeNearer has eight connections of which no three are as near.
func (c *counted) comeNearer() {
	c.open()
	defer shIn(c, "client", "tc qdisc del dev wan0 root")
	for ms := 40; ms > 0; ms -= 5 {
		shIn(c, "client", fmt.Sprintf("tc qdisc replace dev wan0 root netem delay %dms", ms))
		c.dial()
	}
	c.exchange(1)
}

func (c *counted) loseRequest() {
	c.connect()
	end := c.drop("tcp flags & psh == psh")
	c.request("/")
	end()
	if _, err := readAnswer(c.answers); err != nil {
		c.Fatal(err)
	}
}

func (c *counted) loseSYN() {
	end := c.drop("tcp flags & (syn|ack) == syn")
	c.open()
	go end()
	c.dial().exchange(2)
}

func (c *counted) giveUp() {
	c.connect().request("/never")
	_ = c.conn.(*net.TCPConn).SetLinger(0)
	_ = c.conn.Close()
}

// sayFarewell sends what it does not wait for with its FIN.
func (c *counted) sayFarewell() {
	c.connect().exchange(1)
	raw, err := c.conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		c.Fatal(err)
	}
	errControl := raw.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_CORK, 1) })
	if err := errors.Join(errControl, err); err != nil {
		c.Fatal(err)
	}
	c.request("/")
	if err := c.conn.(*net.TCPConn).CloseWrite(); err != nil {
		c.Fatal(err)
	}
	if _, err := readAnswer(c.answers); err != nil {
		c.Fatal(err)
	}
}

func (c *counted) hearNothing() {
	c.connect().request("/close")
	if _, err := c.answers.ReadByte(); err != io.EOF {
		c.Errorf("error %v, want the end", err)
	}
}

func (c *counted) forgoTimestamps() {
	shIn(c, "client", "sysctl -wq net.ipv4.tcp_timestamps=0")
	defer shIn(c, "client", "sysctl -wq net.ipv4.tcp_timestamps=1")
	c.check().connect().exchange(3)
}

// drop has the server lose such packets, until end is called and one is lost.
func (c *counted) drop(packets string) (end func()) {
	c.Helper()
	shIn(c, "server1", `nft 'table ip lossy { chain in { type filter hook prerouting priority 0; tcp dport 9000 `+packets+` counter drop; }; }'`)
	return func() {
		eventually(c.T, func() error {
			if rules := shIn(c, "server1", "nft list table ip lossy"); strings.Contains(rules, "packets 0 ") {
				return fmt.Errorf("nothing is lost yet: %s", rules)
			}
			return nil
		})
		shIn(c, "server1", "nft delete table ip lossy")
	}
}

// tally returns what there is of the service.
func (c *counted) tally() map[string]uint64 {
	c.Helper()
	readings, losses, err := c.meter.Read()
	if err != nil {
		c.Fatal(err)
	}
	director, all := inode(c.T, "director"), counts{}
	for _, r := range readings {
		if r.Netns == director && r.Service == c.service {
			all[r.Measure.String()] += r.Count()
		}
	}
	for _, l := range losses {
		if l.Netns == director {
			all[l.Reason.String()] += l.Times
		}
	}
	return all
}

// An open meter needs no capability; to open one does, and says which.
func TestPassiveCapabilities(t *testing.T) {
	sh(t, "modprobe ip_vs")
	meter := openMeter(t)
	ended := make(chan [2]error)
	go func() {
		runtime.LockOSThread() // the thread ends with the goroutine
		if err := keepCapabilities(); err != nil {
			ended <- [2]error{err}
			return
		}
		_, _, errRead := meter.Read()
		_, errOpen := passive.Open(passive.Options{})
		ended <- [2]error{errRead, errOpen}
	}()
	errs := <-ended
	if errs[0] != nil {
		t.Errorf("reading: %v", errs[0])
	}
	if want := "passive: attach to ip_vs: not permitted: CAP_SYS_ADMIN is needed to attach, or CAP_BPF and CAP_PERFMON where the kernel has kprobe.multi: run the program as root, or give it those"; errs[1] == nil || errs[1].Error() != want {
		t.Errorf("opening: %v, want %s", errs[1], want)
	}
}

// What is known of 100,000 connections and the clients that have them takes at most 16 MB, as the kernel counts.
func TestPassiveMemory(t *testing.T) {
	const connections = 100_000
	followed := regexp.MustCompile(`max_entries:\t(100000|25000)\n`)
	sh(t, "modprobe ip_vs")
	meter, err := passive.Open(passive.Options{Connections: connections})
	if err != nil {
		t.Fatal(err)
	}
	defer meter.Close()
	files, err := filepath.Glob("/proc/self/fdinfo/*")
	if err != nil {
		t.Fatal(err)
	}
	total, maps := 0, 0
	for _, file := range files {
		info, err := os.ReadFile(file)
		if err != nil || !followed.Match(info) {
			continue // another file, or one that is closed by now
		}
		_, rest, _ := strings.Cut(string(info), "memlock:\t")
		var bytes int
		if _, err := fmt.Sscan(rest, &bytes); err != nil {
			t.Fatal(err)
		}
		total, maps = total+bytes, maps+1
	}
	t.Logf("%d bytes", total)
	if maps != 2 || total < connections || total > 16<<20 {
		t.Errorf("%d bytes in %d maps", total, maps)
	}
}
