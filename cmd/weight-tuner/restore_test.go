package main

import (
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs/ipvstest"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// baselineOf is the state of a network namespace in which the first real server
// of tableAt had another weight.
func baselineOf(netns string, was uint32) string {
	return fmt.Sprintf(`%q: {"services": {}, "baseline": {"tcp/10.0.0.1:80": {"servers": [{"server": "10.0.0.2:80", "weight": {"was": %d, "written": 1, "writing": 1}}]}}}`, netns, was)
}

func stateOf(netns ...string) string {
	return `{"version": 6, "netns": {` + strings.Join(netns, ", ") + "}}"
}

// directors has the table of tableAt in each of some network namespaces.
type directors map[string]*ipvstest.Director

func newDirectors(t *testing.T, files ...string) directors {
	t.Helper()
	s, err := tuner.ReadTable(strings.NewReader(tableAt(0)), "table")
	if err != nil {
		t.Fatal(err)
	}
	d := directors{}
	for _, file := range files {
		d[file] = ipvstest.NewDirector()
		d[file].AddService(s.Table.Services[0])
	}
	return d
}

func (d directors) open(file string) (tuner.Netns, error) {
	if d[file] == nil {
		return tuner.Netns{}, fmt.Errorf("ipvs: network namespace %s: %w", file, fs.ErrNotExist)
	}
	return tuner.Netns{File: file, Director: d[file], Lock: func() (io.Closer, error) {
		if file == "/run/netns/tuned" {
			return nil, ipvs.ErrLocked
		}
		return io.NopCloser(nil), nil
	}}, nil
}

func TestRestore(t *testing.T) {
	const blue, line = "/run/netns/blue", "10.0.0.2:80 in tcp/10.0.0.1:80"
	tests := []struct {
		name, state string
		fail        string // the namespace whose edits fail
		want        string
		wantErr     string
	}{
		{"nothing", stateOf(`"": {"services": {}}`), "-", "nothing to put back\n", ""},
		{"namespace gone", stateOf(baselineOf("/run/netns/gone", 5), baselineOf("", 5)), "-",
			line + ": weight 1 -> 5\nnetwork namespace /run/netns/gone is gone, passed over\n", ""},
		{"one fails", stateOf(baselineOf(blue, 6), baselineOf("", 5)), "",
			line + ": weight 1 -> 5; not written: ipvs: edit of " + line + ": no such real server\n" + line + " in blue: weight 1 -> 6\n",
			"not put back: " + line},
		{"one is tuned", stateOf(baselineOf("/run/netns/tuned", 6), baselineOf("", 5)), "-", line + ": weight 1 -> 5\n",
			"not put back: network namespace tuned: weight-tuner is running on this director: stop it first"},
		{"several", stateOf(baselineOf(blue, 6), baselineOf("", 5)), "-",
			line + ": weight 1 -> 5\n" + line + " in blue: weight 1 -> 6\n", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := files(t, map[string]string{"state": test.state})
			states, err := tuner.ReadStates(f["state"])
			if err != nil {
				t.Fatal(err)
			}
			d := newDirectors(t, "", blue, "/run/netns/tuned")
			if failing := d[test.fail]; failing != nil {
				id, err := ipvs.ParseServerID("10.0.0.2:80")
				if err != nil {
					t.Fatal(err)
				}
				failing.FailEdits(id, ipvs.ErrNoServer)
			}
			var out strings.Builder
			err = restore(states, false, d.open, &out)
			if out.String() != test.want || (err == nil) != (test.wantErr == "") || err != nil && err.Error() != test.wantErr {
				t.Errorf("error %v, printed\n%s\nwant\n%s", err, out.String(), test.want)
			}
		})
	}
}

func TestRestoreMistakes(t *testing.T) {
	f := files(t, map[string]string{
		"torn":   stateOf(baselineOf("", 5))[:60],
		"older":  `{"version": 1, "services": {}}`,
		"absurd": stateOf(baselineOf("", 1<<31)),
	})
	for _, test := range []struct{ file, want string }{
		{"/nonsense", "state: open /nonsense: no such file or directory"},
		{f["torn"], "state: " + f["torn"] + ":1: the JSON object has no end"},
		{f["older"], "state: " + f["older"] + ": version 1 is not 6, that of this program"},
		{f["absurd"], "state: " + f["absurd"] + ": 10.0.0.2:80 in tcp/10.0.0.1:80: these values cannot be"},
	} {
		if _, err := runWith(t, "restore", "--state.file="+test.file); err == nil || err.Error() != test.want {
			t.Errorf("error %v, want %s", err, test.want)
		}
	}
	f = files(t, map[string]string{"state": stateOf(baselineOf("", 5))})
	_, err := runWith(t, "restore", "--dry-run", "--state.file="+f["state"], "--path.procfs="+t.TempDir())
	if err == nil || !strings.HasPrefix(err.Error(), "not put back: ipvs: read table: the kernel has no IPVS") {
		t.Errorf("without a kernel: error %v", err)
	}
}
