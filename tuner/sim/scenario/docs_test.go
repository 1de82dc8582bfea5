package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// known returns the keys of the mapping at a place of a file, as the reader
// itself tells them of an unknown one; none where no mapping belongs. frame is
// the file with %s in that place.
func known(frame string) []string {
	_, err := Read(strings.NewReader(fmt.Sprintf(frame, "{nonsense: 1}")), "f", testFiles(nil))
	var mistakes *FileError
	if !errors.As(err, &mistakes) {
		return nil
	}
	for _, p := range mistakes.Problems {
		if _, keys, ok := strings.Cut(p.Text, "unknown key, known here: "); ok && strings.HasSuffix("."+p.Key, ".nonsense") {
			return strings.Split(keys, ", ")
		}
	}
	return nil
}

// collect notes every key at and below a place.
func collect(path, frame string, into map[string]bool) {
	for _, key := range known(frame) {
		at := strings.TrimPrefix(path+"."+key, ".")
		into[at] = true
		for form, inner := range map[string]string{at: "{%s: %%s}", at + "[]": "{%s: [%%s]}", at + ".NAME": "{%s: {group: %%s}}"} {
			collect(form, fmt.Sprintf(frame, fmt.Sprintf(inner, key)), into)
		}
	}
}

func TestKeysAreDocumented(t *testing.T) {
	keys := make(map[string]bool)
	collect("", "%s", keys)
	if len(keys) < 50 {
		t.Fatalf("only %d keys are known", len(keys))
	}
	page, err := os.ReadFile("../../../docs/scenarios.md")
	if err != nil {
		t.Fatal(err)
	}
	page, _, _ = bytes.Cut(page, []byte("## Results"))
	documented := make(map[string]bool)
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-zA-Z_.\\[\\]]+)` \\|").FindAllSubmatch(page, -1) {
		documented[string(row[1])] = true
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if !documented[key] {
			t.Errorf("%s is not documented", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(documented)) {
		if !keys[key] {
			t.Errorf("%s is documented and no key", key)
		}
	}
}
