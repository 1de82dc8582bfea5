package compare

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// Every key of the JSON is documented.
func TestKeysAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../../docs/scenarios.md")
	if err != nil {
		t.Fatal(err)
	}
	_, results, _ := strings.Cut(string(page), "## Results")
	keys := keysOf(reflect.TypeFor[namedResult]())
	if len(keys) < 40 {
		t.Fatalf("only %d keys", len(keys))
	}
	for _, key := range keys {
		if !strings.Contains(results, "`"+key+"`") {
			t.Errorf("%s is not documented", key)
		}
	}
}

// keysOf returns the JSON keys of a type of this module and those below it.
func keysOf(t reflect.Type) []string {
	for t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || !strings.Contains(t.PkgPath(), "tuner/sim") {
		return nil
	}
	var keys []string
	for i := range t.NumField() {
		f := t.Field(i)
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			keys = append(keys, name)
		}
		keys = append(keys, keysOf(f.Type)...)
	}
	return keys
}
