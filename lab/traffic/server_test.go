package traffic

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestNewServerRefuses(t *testing.T) {
	if _, err := NewServer("server1", 1, Settings{Workers: -1}); err == nil {
		t.Error("no error for workers below 0")
	}
}

// TestServerQueues sends four requests at once to a server of two workers: two
// are answered after one service time, two after another.
func TestServerQueues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Settings{ServiceTime: 20 * time.Millisecond, Workers: 2})
		start := time.Now()
		took := map[time.Duration]int{}
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if answer := do(s, "GET", "/"); answer.Body.String() != "server1\n" {
					t.Errorf("answer %q, want the name", answer.Body)
				}
				mu.Lock()
				defer mu.Unlock()
				took[time.Since(start)]++
			})
		}
		synctest.Wait()
		wantStat(t, s, Stat{"server1", 0, 2, 2, 0.02, Fixed, 2, false})
		wg.Wait()
		if took[20*time.Millisecond] != 2 || took[40*time.Millisecond] != 2 {
			t.Errorf("answers took %v, want two 20ms and two 40ms", took)
		}
		wantStat(t, s, Stat{"server1", 4, 0, 0, 0.02, Fixed, 2, false})
	})
}

func TestServerSet(t *testing.T) {
	tests := []struct {
		name, method, target string
		status               int
		want                 Stat
	}{
		{"not POST", "GET", "/set?workers=3", http.StatusMethodNotAllowed, Stat{"server1", 0, 0, 0, 0, Fixed, 1, false}},
		{"wrong", "POST", "/set?workers=x", http.StatusBadRequest, Stat{"server1", 0, 0, 0, 0, Fixed, 1, false}},
		{"right", "POST", "/set?workers=3&service_time=5ms&distribution=exponential&failing=true", http.StatusOK, Stat{"server1", 0, 0, 0, 0.005, Exponential, 3, true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, Settings{Workers: 1})
			if answer := do(s, tt.method, tt.target); answer.Code != tt.status {
				t.Errorf("status %d, want %d", answer.Code, tt.status)
			}
			wantStat(t, s, tt.want)
		})
	}
}

// TestServerFails has the one worker busy: an error waits for none.
func TestServerFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Settings{ServiceTime: time.Second, Workers: 1})
		var wg sync.WaitGroup
		wg.Go(func() { do(s, "GET", "/") })
		synctest.Wait()
		do(s, "POST", "/set?failing=true")
		start := time.Now()
		if answer := do(s, "GET", "/"); answer.Code != http.StatusInternalServerError || time.Since(start) > 0 {
			t.Errorf("status %d after %s, want 500 at once", answer.Code, time.Since(start))
		}
		wg.Wait()
	})
}

// TestServerSetWhileServing lets the queue in at once.
func TestServerSetWhileServing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, Settings{ServiceTime: time.Second, Workers: 1})
		start := time.Now()
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() { do(s, "GET", "/") })
		}
		synctest.Wait()
		do(s, "POST", "/set?workers=0")
		wg.Wait()
		if took := time.Since(start); took != time.Second {
			t.Errorf("all was answered after %s, want 1s", took)
		}
	})
}

func newServer(t *testing.T, settings Settings) *Server {
	t.Helper()
	s, err := NewServer("server1", 1, settings)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func do(s *Server, method, target string) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, httptest.NewRequest(method, target, nil))
	return answer
}

func wantStat(t *testing.T, s *Server, want Stat) {
	t.Helper()
	var got Stat
	if err := json.Unmarshal(do(s, "GET", "/stat").Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("stat %+v, want %+v", got, want)
	}
}
