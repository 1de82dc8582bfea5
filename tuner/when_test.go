package tuner

import (
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/zap"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

func TestStandbyByCondition(t *testing.T) {
	mark, own := ipvs.MarkService(ipvs.IPv4, 7), plantService.Address.Addr()
	other := netip.MustParseAddr("2001:db8::9")
	broken := errors.New("ipvs: list network interfaces: not permitted")
	denied := &fs.PathError{Op: "stat", Path: "/a/b", Err: fs.ErrPermission}
	with := func(addresses ...netip.Addr) here {
		return here{looked: true, addresses: addressesOf([]ipvs.Interface{{Name: "lo"}, {Name: "eth0", Addresses: addresses}})}
	}
	files := func(err error) here { return here{looked: true, files: map[string]error{"/a/b": err}} }
	tests := []struct {
		name string
		when When
		id   ipvs.ServiceID
		here here
		want string
	}{
		{"own address elsewhere", When{Condition: OnAddress}, plantService, with(other), "the address 10.0.0.1 is on no interface here"},
		{"address elsewhere", When{OnAddress, other, ""}, plantService, with(own), "the address 2001:db8::9 is on no interface here"},
		{"own address of a mark", When{Condition: OnAddress}, mark, with(own), "a service of a firewall mark has no address of its own, and its entry says when: address"},
		{"addresses unreadable", When{Condition: OnAddress}, plantService, here{looked: true, unread: broken},
			"whether the address 10.0.0.1 is here is not known: ipvs: list network interfaces: not permitted"},
		{"no file", When{Condition: OnFile, File: "/a/b"}, plantService, files(fs.ErrNotExist), "there is no file /a/b"},
		{"file unreadable", When{Condition: OnFile, File: "/a/b"}, plantService, files(denied), "whether there is a file is not known: stat /a/b: permission denied"},
		{"nothing was looked at", When{Condition: OnAddress}, plantService, here{}, ""},
		{"always", When{Condition: Always}, plantService, with(), ""},
		{"zero", When{}, plantService, with(), ""},
		{"own address", When{Condition: OnAddress}, plantService, with(own), ""},
		{"address", When{OnAddress, other, ""}, mark, with(own, other), ""},
		{"file", When{Condition: OnFile, File: "/a/b"}, plantService, files(nil), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := Config{Services: []ServiceConfig{{Match: "*", When: test.when}}, here: test.here}
			s, _ := c.service(test.id)
			err := c.standby(test.id)
			if s.standby != test.want || (err != nil) != (test.want != "") || err != nil && err.Error() != test.want {
				t.Errorf("got %q and %v, want %q", s.standby, err, test.want)
			}
		})
	}
}

// addressed is a network namespace whose one address comes and goes.
type addressed struct {
	mutex sync.Mutex
	away  bool
	err   error
}

func (a *addressed) move(away bool) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.away = away
}

func (a *addressed) interfaces() ([]ipvs.Interface, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.away || a.err != nil {
		return nil, a.err
	}
	return []ipvs.Interface{{Name: "eth0", Addresses: []netip.Addr{plantService.Address.Addr()}}}, nil
}

// onAddress has the loop of a bench tune while the address is there.
func (a *addressed) onAddress(b *bench) {
	b.Config.Services[0].When.Condition = OnAddress
	b.Netns = func() ([]Netns, error) { return []Netns{{Director: b.director, Interfaces: a.interfaces}}, nil }
}

// leads wants the metric to say whether this director may write.
func (b *bench) leads(t *testing.T, want string) {
	t.Helper()
	text := "# HELP weight_tuner_leader Whether the conditions hold under which the tuner writes to the virtual service; 0 is standby.\n" +
		"# TYPE weight_tuner_leader gauge\nweight_tuner_leader{netns=\"\",service=\"tcp/10.0.0.1:80\"} " + want + "\n"
	if err := testutil.CollectAndCompare(b.Metrics, strings.NewReader(text), metricPrefix+"leader"); err != nil {
		t.Error(err)
	}
}

func TestNothingIsWrittenOnStandby(t *testing.T) {
	a := addressed{away: true}
	onBench(t, a.onAddress, func(t *testing.T, b *bench) {
		b.decisions(10)
		b.leads(t, "0")
		if p := b.LastPlan().Services[0]; b.director.Writes() > 0 || p.Code != CodeStandby || p.Reason != "the address 10.0.0.1 is on no interface here" {
			t.Errorf("%d writes, plan %+v", b.director.Writes(), p)
		}
		a.move(false)
		b.decisions(10)
		b.leads(t, "1")
		if slices.Equal(b.director.weights(), []uint32{1, 1, 1}) {
			t.Error("nothing was written once the address was there")
		}
		if got := b.errors(); len(got) > 0 {
			t.Errorf("logged %v", got)
		}
	})
}

// Thresholds are written all the time between two decisions: no more once the
// address has been away for a look.
func TestAddressMovesBetweenDecisions(t *testing.T) {
	var a addressed
	onBench(t, func(b *bench) { withThresholds(b); a.onAddress(b) }, func(t *testing.T, b *bench) {
		b.decisions(10)
		a.move(true)
		time.Sleep(LookInterval + SampleInterval)
		synctest.Wait()
		b.leads(t, "0")
		before := b.director.Writes()
		b.crowd()
		b.decisions(2)
		if more := b.director.Writes() - before; more > 0 {
			t.Errorf("%d writes on standby", more)
		}
		a.move(false)
		b.decisions(2)
		if b.director.Writes() == before {
			t.Error("no writes after standby")
		}
	})
}

// An address that moves while the state is being saved is seen before the first
// write.
func TestAddressMovesBeforeTheWrite(t *testing.T) {
	d := newBusyDirector("wrr", 0.2, 0.2, 0.8)
	a := addressed{away: true}
	n := Netns{Director: d, Interfaces: a.interfaces}
	l := &Loop{Config: plantConfig(), Metrics: NewMetrics(), Logger: zap.NewNop(), states: States{}}
	l.Config.StateFile = filepath.Join(t.TempDir(), "state.json")
	l.Config.Services[0].When.Condition = OnAddress
	l.alarms = newAlarms(l.Logger)
	plan := ServicePlan{Service: plantService, Action: Apply, Servers: []ServerPlan{{Server: plantServer(2), Weight: 2, PreviousWeight: 1}}}
	decided := turn{Netns: n, config: l.Config, plan: Plan{Services: []ServicePlan{plan}}}
	if l.carryOut([]turn{decided}, nil) || d.Writes() > 0 {
		t.Errorf("%d writes", d.Writes())
	}
	if got := decided.plan.Services[0].Servers[0].Reason.String(); !strings.HasSuffix(got, "; not written: the address 10.0.0.1 is on no interface here") {
		t.Error(got)
	}
	a.move(false)
	decided.plan.Services[0].Servers[0].Weight = 2
	if !l.carryOut([]turn{decided}, nil) || d.Writes() != 1 {
		t.Errorf("%d writes with the address", d.Writes())
	}
}

func TestNothingIsPutBackOnStandby(t *testing.T) {
	var a addressed
	var b *bench
	onBench(t, func(of *bench) { b = of; a.onAddress(b); b.Config.OnExit = RestoreAtExit }, func(t *testing.T, b *bench) {
		b.decisions(20)
		a.move(true)
	})
	if slices.Equal(b.director.weights(), []uint32{1, 1, 1}) {
		t.Error("was put back")
	}
	if got := b.errors(); !slices.Equal(got, []string{"put back what stood before"}) {
		t.Errorf("logged %v", got)
	}
}

func TestAddressesUnreadable(t *testing.T) {
	a := addressed{err: errors.New("ipvs: list network interfaces: broken")}
	onBench(t, a.onAddress, func(t *testing.T, b *bench) {
		b.decisions(5)
		b.leads(t, "0")
		if got := b.errors(); b.director.Writes() > 0 || !slices.Equal(got, []string{"read the addresses"}) {
			t.Errorf("%d writes, logged %v", b.director.Writes(), got)
		}
	})
}

func TestFileConditions(t *testing.T) {
	folder := t.TempDir()
	c := Config{Services: []ServiceConfig{
		{Match: "tcp/*", When: When{Condition: OnFile, File: filepath.Join(folder, "there")}},
		{Match: "udp/*", When: When{Condition: OnFile, File: filepath.Join(folder, "not")}},
	}}
	if err := os.WriteFile(c.Services[0].When.File, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	n := Netns{Interfaces: func() ([]ipvs.Interface, error) { t.Error("asked for addresses"); return nil, nil }}
	found := n.lookAround(c).here.files
	if got := found[c.Services[0].When.File]; got != nil {
		t.Error(got)
	}
	if got := found[c.Services[1].When.File]; !errors.Is(got, fs.ErrNotExist) {
		t.Errorf("got %v", got)
	}
}
