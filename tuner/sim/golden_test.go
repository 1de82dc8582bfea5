package sim

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestGoldenResults compares the results of random scenarios with hashes, so
// that another machine shows a difference. With UPDATE_GOLDEN set it writes the
// file, as is due when a policy of the tuner changes.
func TestGoldenResults(t *testing.T) {
	const name = "testdata/results.sha256"
	var lines strings.Builder
	for seed := range uint64(20) {
		var player Player
		for _, policy := range Policies() {
			c, _ := anyScenario(seed)
			result, err := player.Run(c, policy)
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(result)
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
