package prometheus

import (
	"fmt"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

func TestMatching(t *testing.T) {
	six := target(shop, "[2001:db8::2]:80")
	twoPorts := append(twoServers(), target(shop, "10.0.0.2:8080"))
	tests := []struct {
		name         string
		serviceLabel string
		servers      []tuner.Target
		series       []string
		want, wrong  string
	}{
		{"address of two", "", twoPorts, []string{"instance=10.0.0.2 1"}, "",
			`query latency: instance "10.0.0.2" is both 10.0.0.2:80 and 10.0.0.2:8080 in tcp/10.0.0.1:80`},
		{"another port", "", twoServers(), []string{"instance=10.0.0.2:9100 1", "instance=10.0.0.3:80 2"}, "10.0.0.3:80 in tcp/10.0.0.1:80 latency 2\n", ""},
		{"a host name", "", twoServers(), []string{"instance=web-1:80 1", "instance=10.0.0.3:80 2"}, "10.0.0.3:80 in tcp/10.0.0.1:80 latency 2\n", ""},
		{"one of two by its port", "", twoPorts, []string{"instance=10.0.0.2:8080 1"}, "10.0.0.2:8080 in tcp/10.0.0.1:80 latency 1\n", ""},
		{"address of one", "", twoServers(), []string{"instance=10.0.0.2 1"}, "10.0.0.2:80 in tcp/10.0.0.1:80 latency 1\n", ""},
		{"IPv6", "", []tuner.Target{six}, []string{"instance=[2001:db8::2]:80 1"}, "[2001:db8::2]:80 in tcp/10.0.0.1:80 latency 1\n", ""},
		{"IPv6 address alone", "", []tuner.Target{six}, []string{"instance=2001:db8::2 1"}, "[2001:db8::2]:80 in tcp/10.0.0.1:80 latency 1\n", ""},
		{"a server without a port", "", []tuner.Target{target(mark, "10.0.0.2:0")}, []string{"instance=10.0.0.2:8080 1"}, "10.0.0.2:0 in fwm/258 latency 1\n", ""},
		{"in two services", "", []tuner.Target{target(shop, "10.0.0.2:80"), target(mark, "10.0.0.2:80")}, []string{"instance=10.0.0.2:80 1"},
			"10.0.0.2:80 in tcp/10.0.0.1:80 latency 1\n10.0.0.2:80 in fwm/258 latency 1\n", ""},
		{"by the service too", "service", []tuner.Target{target(shop, "10.0.0.2:80"), target(mark, "10.0.0.2:80")},
			[]string{"instance=10.0.0.2:80,service=fwm/258 1", "instance=10.0.0.2:80,service=tcp/10.0.0.9:80 2", "instance=10.0.0.2:80 3"},
			"10.0.0.2:80 in fwm/258 latency 1\n", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := queries()
			c.Requests, c.Errors, c.ServiceLabel = "", "", test.serviceLabel
			got, err := observe(t, c, &fakeServer{answers: map[string]string{"L": vector(test.series...)}}, test.servers)
			if told(got) != test.want {
				t.Errorf("got\n%swant\n%s", told(got), test.want)
			}
			if fmt.Sprint(err) != test.wrong && (err != nil || test.wrong != "") {
				t.Errorf("error %v, want %s", err, test.wrong)
			}
		})
	}
}
