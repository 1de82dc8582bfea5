//go:build lab

package e2e

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// commands reads commands of ipvsadm, one a line, by what they are about: for
// each its options in any order, with "" for one without a value.
func commands(script string) map[string]map[string]string {
	all := map[string]map[string]string{}
	for line := range strings.Lines(script) {
		options, option := map[string]string{}, ""
		for word := range strings.FieldsSeq(line) {
			if strings.HasPrefix(word, "-") {
				option, word = word, ""
			}
			options[option] = word
		}
		delete(options, "--tun-nocsum") // both as without them
		if options["--tun-type"] == "ipip" {
			delete(options, "--tun-type")
		}
		subject, _, _ := strings.Cut(line, " -s ")
		subject, _, _ = strings.Cut(subject, " -w ")
		all[subject] = options
	}
	return all
}

func withoutThresholds(commands map[string]map[string]string) map[string]map[string]string {
	for _, options := range commands {
		delete(options, "-x")
		delete(options, "-y")
	}
	return commands
}

// listAll is all that ipvsadm prints of the table, by the listing's option.
func listAll(t *testing.T) map[string]listing {
	t.Helper()
	all := map[string]listing{}
	for _, options := range []string{"--thresholds", "--tun-info", "--persistent-conn"} {
		all[options] = list(t, "", options)
	}
	return all
}

// tableServices is weight-tuner's own form of the table, by service.
func tableServices(t *testing.T) map[string]any {
	t.Helper()
	var table struct{ Services []map[string]any }
	if err := json.Unmarshal([]byte(sh(t, "weight-tuner table --format=json")), &table); err != nil {
		t.Fatal(err)
	}
	services := map[string]any{}
	for _, s := range table.Services {
		services[s["service"].(string)] = s
	}
	return services
}

func expectEqual[K comparable, V any](t *testing.T, got, want map[K]V) {
	t.Helper()
	for key := range want {
		if !reflect.DeepEqual(got[key], want[key]) {
			t.Errorf("%v: got %v, want %v", key, got[key], want[key])
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d, want %d", len(got), len(want))
	}
}
