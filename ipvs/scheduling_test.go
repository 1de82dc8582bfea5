package ipvs

import (
	"maps"
	"strings"
	"testing"
)

func TestSchedulingCheck(t *testing.T) {
	tests := []struct {
		name string
		of   Scheduling
		want string
	}{
		{"no name", Scheduling{}, `"" is not the name of a scheduler`},
		{"name of 16 letters", Scheduling{Scheduler: strings.Repeat("a", 16)}, "is not the name of a scheduler"},
		{"name that is none", Scheduling{Scheduler: "w\x00r"}, `"w\x00r" is not the name of a scheduler`},
		{"persistence", Scheduling{"wrr", FlagPersistent}, "the flags 0x1 are not all a scheduler's"},
		{"flags", Scheduling{"sh", FlagScheduler1 | FlagScheduler3}, ""},
		{"name of 15 letters", Scheduling{Scheduler: strings.Repeat("a", 15)}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := errorText(test.of.Check()); !strings.HasSuffix(got, test.want) || (got == "") != (test.want == "") {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Of a kernel's own message all is written again, but for the statistics.
func TestEncodeSchedulingLosesNothing(t *testing.T) {
	for _, folder := range captures {
		for _, message := range capturedMessages(t, folder, "services") {
			var e encoder
			if err := e.scheduling(message, Scheduling{"sh", FlagScheduler2}); err != nil {
				t.Fatal(err)
			}
			want, got := serviceAttributes(t, message), serviceAttributes(t, e.b)
			want[serviceScheduler] = "sh\x00"
			want[serviceFlags] = string(flagsEdit(FlagScheduler2, FlagScheduler1|FlagScheduler2|FlagScheduler3))
			delete(want, serviceStats)
			delete(want, serviceStats64)
			if !maps.Equal(got, want) {
				t.Errorf("got %v\nwant %v", got, want)
			}
		}
	}
}

func TestEncodeSchedulingOfNoService(t *testing.T) {
	for _, message := range [][]byte{nil, {1}, {4, 0, 2, 0}, {9, 0, 1, 0}} {
		if err := new(encoder).scheduling(message, Scheduling{Scheduler: "sh"}); err == nil {
			t.Errorf("message %v is written", message)
		}
	}
}

// serviceAttributes returns the values of a service's attributes by their kind.
func serviceAttributes(t *testing.T, message []byte) map[uint16]string {
	t.Helper()
	body, err := nested(message, attrService)
	if err != nil {
		t.Fatal(err)
	}
	values := make(map[uint16]string)
	a := attributes{rest: body}
	for a.next() {
		values[a.kind] = string(a.value)
	}
	if a.err != nil {
		t.Fatal(a.err)
	}
	return values
}
