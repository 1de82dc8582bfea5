package lab

import (
	"fmt"
	"testing"
)

// A guest corrects what it was told by one in a hundred at most.
func TestTickRate(t *testing.T) {
	var first, second float64
	for _, rate := range []*float64{&first, &second} {
		if _, err := fmt.Sscanf(tickRate(), " tsc_early_khz=%f", rate); err != nil {
			t.Fatal(err)
		}
	}
	if first < 100e3 || first > 1.005*second || second > 1.005*first {
		t.Errorf("counts at %v and at %v kHz", first, second)
	}
}
