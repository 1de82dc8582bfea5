package coordination

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

func TestParse(t *testing.T) {
	const rest = `,"services":[{"service":"tcp/10.0.0.1:80","servers":[{"server":"10.0.0.2:80","weight":`
	tests := []struct {
		name, text string
		wantErr    bool
	}{
		{"empty", "", true},
		{"no plan", "[]", true},
		{"no service", `{"services":[{"service":"tcp"}]}`, true},
		{"service left out", `{"services":[{}]}`, true},
		{"server left out", `{"services":[{"service":"tcp/10.0.0.1:80","servers":[{"weight":1}]}]}`, true},
		{"weight 0", `{"planner":"a"` + rest + `0}]}]}`, true},
		{"weight too high", `{"planner":"a"` + rest + `65536}]}]}`, true},
		{"weight below 0", `{"planner":"a"` + rest + `-1}]}]}`, true},
		{"nothing planned", `{"planner":"a","services":[]}`, false},
		{"plan", `{"planner":"a"` + rest + `65535}]}]}`, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, err := parse([]byte(test.text))
			if (err != nil) != test.wantErr || (p.Planner == "a") == test.wantErr {
				t.Errorf("got %+v, %v", p, err)
			}
		})
	}
}

// What is read as a plan is read the same once it is written again.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"planner":"a","services":[{"netns":"b","service":"fwm/7","servers":[{"server":"10.0.0.2:0","weight":3}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := parse(text)
		if err != nil {
			return
		}
		again, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parse(again); err != nil {
			t.Errorf("%s: %v", again, err)
		}
	})
}

// Without a session nothing is known and nothing published, and it can be told to
// end meanwhile.
func TestNoSession(t *testing.T) {
	m := New(tuner.Etcd{Endpoints: []string{"http://127.0.0.1:1"}, Prefix: "/a", TTL: 5 * time.Second}, "a", zap.NewNop())
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := m.Run(ctx); err != nil {
		t.Error(err)
	}
	c := m.Coordination()
	if _, err := c.Ask(t.Context()); !errors.Is(err, errNoSession) {
		t.Errorf("asked: %v", err)
	}
	if err := c.Publish(t.Context(), nil); !errors.Is(err, errNoSession) {
		t.Errorf("published: %v", err)
	}
}
