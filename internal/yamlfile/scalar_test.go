package yamlfile

import (
	"slices"
	"testing"
	"time"
)

func TestScalarMistakes(t *testing.T) {
	const kept = "kept"
	text := func(v Value) any { got := kept; v.Text(&got); return got }
	choice := func(v Value) any { got := kept; Choice(v, &got, "one", "two"); return got }
	duration := func(v Value) any {
		got := time.Hour
		v.Duration(&got, 2*time.Second, time.Minute, 2*time.Second)
		return got
	}
	integer := func(v Value) any { got := uint32(77); v.Integer(&got, 1, 9); return got }
	ratio := func(v Value) any { got := 7.7; v.Ratio(&got); return got }
	number := func(v Value) any { got := 7.7; v.Number(&got, 0, 2.5); return got }
	anyTime := func(v Value) any { got := time.Hour; v.Duration(&got, 0, time.Minute, 1); return got }
	boolean := func(v Value) any { got := false; v.Boolean(&got); return got }
	tests := []struct {
		name, value string
		read        func(Value) any
		left        any
		want        string
	}{
		{"mapping", "{}", text, kept, "is not a single value"},
		{"sequence", "[]", integer, uint32(77), "is not a single value"},
		{"nothing", "", text, kept, "is empty; leave the key out for its default"},
		{"null", "null", duration, time.Hour, "is empty; leave the key out for its default"},
		{"empty text", "''", choice, kept, "is empty; leave the key out for its default"},
		{"number for a text", "7", text, kept, "7 is not a text; quote it if it is meant as one"},
		{"boolean for a text", "true", text, kept, "true is not a text; quote it if it is meant as one"},
		{"another word", "three", choice, kept, "three is not known here: one or two"},
		{"duration without a unit", "10", duration, time.Hour, "10 is not a duration such as 10s"},
		{"duration between steps", "3s", duration, time.Hour, "3s is not a multiple of 2s from 2s to 1m0s"},
		{"duration too short", "0s", duration, time.Hour, "0s is not a multiple of 2s from 2s to 1m0s"},
		{"duration too long", "62s", duration, time.Hour, "62s is not a multiple of 2s from 2s to 1m0s"},
		{"integer too small", "0", integer, uint32(77), "0 is not a whole number from 1 to 9"},
		{"integer too large", "10", integer, uint32(77), "10 is not a whole number from 1 to 9"},
		{"negative integer", "-1", integer, uint32(77), "-1 is not a whole number from 1 to 9"},
		{"integer quoted", "'5'", integer, uint32(77), "5 is not a whole number from 1 to 9"},
		{"integer as a float", "5.0", integer, uint32(77), "5.0 is not a whole number from 1 to 9"},
		{"integer in hexadecimal", "0x5", integer, uint32(77), "0x5 is not a whole number from 1 to 9"},
		{"ratio of 0", "0", ratio, 7.7, "0 is not a number above 0 and at most 1"},
		{"ratio too large", "1.01", ratio, 7.7, "1.01 is not a number above 0 and at most 1"},
		{"ratio not a number", ".nan", ratio, 7.7, ".nan is not a number above 0 and at most 1"},
		{"ratio quoted", "'0.5'", ratio, 7.7, "0.5 is not a number above 0 and at most 1"},
		{"number too small", "-0.1", number, 7.7, "-0.1 is not a number from 0 to 2.5"},
		{"number not a number", ".nan", number, 7.7, ".nan is not a number from 0 to 2.5"},
		{"any duration too long", "61s", anyTime, time.Hour, "61s is not from 0s to 1m0s"},
		{"boolean as a word", "yes", boolean, false, "yes is neither true nor false"},
		{"boolean quoted", "'true'", boolean, false, "true is neither true nor false"},
		{"text", "a b", text, "a b", ""},
		{"number as a text", "'7'", text, "7", ""},
		{"choice", "two", choice, "two", ""},
		{"duration", "1m", duration, time.Minute, ""},
		{"integer", "9", integer, uint32(9), ""},
		{"ratio", "0.25", ratio, 0.25, ""},
		{"number", "2.5", number, 2.5, ""},
		{"any duration", "1.5ms", anyTime, 1500 * time.Microsecond, ""},
		{"boolean", "True", boolean, true, ""},
		{"ratio of 1", "1", ratio, 1.0, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var left any
			got := linesOf(t, "k: "+test.value+"\n", func(v Value) {
				v.Entries(func(_ string, _, entry Value) { left = test.read(entry) })
			})
			var want []string
			if test.want != "" {
				want = []string{"f:1: k: " + test.want}
			}
			if left != test.left || !slices.Equal(got, want) {
				t.Errorf("left %v and mistakes %q, want %v and %q", left, got, test.left, want)
			}
		})
	}
}
