package scenario

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSetMistakes(t *testing.T) {
	tests := []struct{ name, key, value, want string }{
		{"unknown", "source", "kernel", "source is not a setting of the tuner: " + strings.Join(Settings(), ", ")},
		{"section", "weights", "1", "weights is not a setting of the tuner: " + strings.Join(Settings(), ", ")},
		{"value", "max", "none", "max: none is not a whole number from 1 to 65535"},
		{"no value", "interval", "", "interval: is empty; leave the key out for its default"},
		{"against another", "weights.min", "2000", "weights.min: min 2000 is above max 1000"},
		{"another structure", "interval", "5s}, {", "interval: did not find expected <document start>"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := Set(defaultTuner(), test.key, test.value); err == nil || err.Error() != test.want {
				t.Errorf("error %v, want %s", err, test.want)
			}
		})
	}
}

func TestSet(t *testing.T) {
	want := defaultTuner()
	want.Interval = 20 * time.Second
	want.Settings.Weights.MaxChangeRatio = 0.1
	got, err := Set(defaultTuner(), "max_change_ratio", "0.1")
	if err == nil {
		got, err = Set(got, "interval", "20s")
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v and error %v, want %+v", got, err, want)
	}
}

// The settings are those of the tuner section that hold no others.
func TestSettingsAreAll(t *testing.T) {
	keys := make(map[string]bool)
	collect("", "{tuner: %s}", keys)
	maps.DeleteFunc(keys, func(key string, _ bool) bool {
		for other := range keys {
			if strings.HasPrefix(other, key+".") {
				return true
			}
		}
		return false
	})
	want := slices.Sorted(slices.Values(Settings()))
	if got := slices.Sorted(maps.Keys(keys)); !slices.Equal(got, want) {
		t.Errorf("settings %q, want %q", want, got)
	}
}
