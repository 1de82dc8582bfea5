package figures

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/scenario"
)

// Every row has a story and bars, and its file written out is the scenario
// itself.
func TestRows(t *testing.T) {
	rows, err := Rows()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := Write(rows, folder); err != nil {
		t.Fatal(err)
	}
	names := make(map[string]bool)
	for _, r := range rows {
		name := r.Scenario.Name
		if names[name] || len(r.Scenario.Story) < 3 || len(r.Bars) == 0 {
			t.Errorf("%s: twice %v, story %q, bars %v", name, names[name], r.Scenario.Story, r.Bars)
		}
		names[name] = true
		if s, err := scenario.Load(filepath.Join(folder, name+".yaml")); err != nil || s.Name != name {
			t.Errorf("%s: read back with error %v", name, err)
		}
	}
	if err := Write(rows, filepath.Join(folder, "none")); err == nil {
		t.Error("a folder that is not there is written into")
	}
}

// Every scenario that lies here is a row.
func TestEveryFileIsARow(t *testing.T) {
	files, err := filepath.Glob("*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	rows, err := Rows()
	if err != nil {
		t.Fatal(err)
	}
	texts := make(map[string]bool)
	for _, r := range rows {
		texts[r.Text] = true
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil || !texts[string(text)] {
			t.Errorf("%s is no row: %v", name, err)
		}
	}
}

// In the family the servers' capacities are 1:1:2:4 and 400 in all.
func TestFamily(t *testing.T) {
	rows, err := Rows()
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range family() {
		sum := 0.0
		for j, s := range rows[i].Scenario.Config.Servers {
			capacity := float64(s.Workers) * s.Speed / s.ServiceTime.Mean.Seconds()
			if want := []float64{50, 50, 100, 200}[j]; capacity < want-1e-6 || capacity > want+1e-6 {
				t.Errorf("%s: server %d bears %v per second, not %v", m.Name(), j, capacity, want)
			}
			sum += capacity
		}
		if load := rows[i].Scenario.Config.Traffic.Curve[0].PerSecond / sum; load < float64(m.Percent)/100-1e-6 || load > float64(m.Percent)/100+1e-6 {
			t.Errorf("%s: the load is %v", m.Name(), load)
		}
	}
}
