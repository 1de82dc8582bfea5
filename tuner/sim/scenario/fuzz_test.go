package scenario

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// Whatever the bytes, reading ends, and says what is wrong or gives servers and
// traffic within the run.
func FuzzRead(f *testing.F) {
	everything, err := os.ReadFile("testdata/everything.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(everything))
	f.Add(whole)
	f.Add("servers: &s {a: *s}\n")
	files := testFiles(map[string]string{"times.txt": "0.1\n"})
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Read(strings.NewReader(text), "f", files)
		if err != nil {
			if !errors.As(err, new(*FileError)) {
				t.Errorf("error %v names no mistake", err)
			}
			return
		}
		if len(s.Config.Servers) == 0 || s.Config.Traffic.Curve == nil && s.Config.Traffic.Arrivals == nil {
			t.Error("nobody serves, or nobody comes")
		}
		for _, e := range s.Config.Events {
			if e.At < 0 || e.At >= s.Config.Duration {
				t.Errorf("an event at %s of %s", e.At, s.Config.Duration)
			}
		}
	})
}

func FuzzParseSeconds(f *testing.F) {
	f.Add("1.5\n# x\n 2e3 # y\n")
	f.Fuzz(func(t *testing.T, text string) {
		times, err := parseSeconds(strings.NewReader(text), 0, longestRun)
		if (err == nil) != (len(times) > 0) {
			t.Errorf("%d times and error %v", len(times), err)
		}
		for _, d := range times {
			if d < 0 || d > longestRun {
				t.Errorf("time %s", d)
			}
		}
	})
}
