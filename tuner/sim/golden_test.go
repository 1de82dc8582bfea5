package sim

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// TestGoldenResults compares the results of random scenarios with hashes, so
// that another machine shows a difference. Policies of the tuner are left out:
// their arithmetic is the machine's, and theirs to change. With UPDATE_GOLDEN
// set it writes the file.
func TestGoldenResults(t *testing.T) {
	const name = "testdata/results.sha256"
	var lines strings.Builder
	for seed := range uint64(20) {
		for _, policy := range []tuner.Policy{Equal, Oracle} {
			c, _ := anyScenario(seed)
			text, err := json.Marshal(outcome(t, c, policy))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&lines, "%x %d %s\n", sha256.Sum256(text), seed, policy)
		}
	}
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(name, []byte(lines.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got := lines.String(); got != string(want) {
		t.Errorf("the results are others: got\n%s\nwant\n%s", got, want)
	}
}
