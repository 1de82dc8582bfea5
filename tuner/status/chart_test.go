package status

import "testing"

func TestChart(t *testing.T) {
	for _, test := range []struct {
		name   string
		values Values
		want   chart
	}{
		{"none", nil, chart{"", "weight: not known"}},
		{"nothing is known", Values{nan, nan}, chart{"", "weight: not known"}},
		{"zero", Values{0, 0}, chart{"M0,23H120", "weight: between 0 and 0, last 0"}},
		{"one", Values{5}, chart{"M0,12H120", "weight: between 5 and 5, last 5"}},
		{"steps", Values{10, 5, 5, 0}, chart{"M0,1H30V12H90V23H120", "weight: between 0 and 10, last 0"}},
		{"parted", Values{nan, 10, nan, 10}, chart{"M30,1H60M90,1H120", "weight: between 10 and 10, last 10"}},
		{"beyond the largest", Values{20}, chart{"M0,1H120", "weight: between 20 and 20, last 20"}},
	} {
		if got := chartOf("weight", test.values, 10, weight); got != test.want {
			t.Errorf("%s: got %+v, want %+v", test.name, got, test.want)
		}
	}
}

func TestThinned(t *testing.T) {
	v := make(Values, 360)
	for i := range v {
		if v[i] = float32(i); i < 8 {
			v[i] = nan
		}
	}
	thin := thinned(v, mostSteps)
	if len(thin) != mostSteps || thin[0] == thin[0] || thin[2] != 9.5 || thin[89] != 357.5 {
		t.Errorf("got %v", thin)
	}
}

func TestWords(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{seconds(0), "0"}, {seconds(12e-6), "12 µs"}, {seconds(0.0471), "47.1 ms"}, {seconds(0.99949), "999 ms"}, {seconds(12.34), "12.3 s"}, {seconds(1234), "1234 s"},
		{perSecond(0.5), "0.5/s"}, {perSecond(123456), "123456/s"}, {percent(0.4883), "48.8 %"}, {percent(1), "100 %"}, {weight(65535), "65535"},
		{known(0, seconds), "–"}, {number(1, "weight"), "1 weight"}, {number(2, "weight"), "2 weights"}, {spaced("one_server"), "one server"},
	} {
		if test.got != test.want {
			t.Errorf("got %s, want %s", test.got, test.want)
		}
	}
}
