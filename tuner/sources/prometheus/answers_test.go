package prometheus

import (
	"fmt"
	"strings"
	"testing"
)

func TestMistakes(t *testing.T) {
	const (
		both     = "10.0.0.2:80 in tcp/10.0.0.1:80 latency 0.5 requests 10 errors 0.1\n10.0.0.3:80 in tcp/10.0.0.1:80 latency 0.2 requests 20 errors 0\n"
		second   = "10.0.0.3:80 in tcp/10.0.0.1:80 latency 0.2 requests 20 errors 0\n"
		noOne    = "10.0.0.2:80 in tcp/10.0.0.1:80 requests 10 errors 0.1\n" + second
		noRates  = "10.0.0.2:80 in tcp/10.0.0.1:80 latency 0.5\n10.0.0.3:80 in tcp/10.0.0.1:80 latency 0.2\n"
		noErrors = "10.0.0.2:80 in tcp/10.0.0.1:80 latency 0.5 requests 10\n"
		no       = "10.0.0.2:80 in tcp/10.0.0.1:80 requests 10 errors 0.1\n10.0.0.3:80 in tcp/10.0.0.1:80 requests 20 errors 0\n"
		idle     = "10.0.0.2:80 in tcp/10.0.0.1:80 requests 0\n"
	)
	histogram := `{"resultType":"vector","result":[{"metric":{"instance":"10.0.0.2:80"},"histogram":[1767323045,` +
		`{"count":"5","sum":"1.5","buckets":[[0,"0.1","0.2","5"]]}]}]}`
	tests := []struct {
		name         string
		query, reply string // in place of the good one
		want, wrong  string
	}{
		{"error of the API", "L", `{"status":"error","errorType":"execution","error":"query\ntimed out"}`, no, "query latency: execution: query timed out"},
		{"NaN with requests", "L", vector("instance=10.0.0.2:80 NaN", "instance=10.0.0.3:80 0.2"), noOne, "query latency: NaN of 10.0.0.2:80 in tcp/10.0.0.1:80 is no latency in seconds"},
		{"infinite", "L", vector("instance=10.0.0.2:80 +Inf", "instance=10.0.0.3:80 0.2"), noOne, "query latency: +Inf of 10.0.0.2:80 in tcp/10.0.0.1:80 is no latency in seconds"},
		{"negative", "L", vector("instance=10.0.0.2:80 -1", "instance=10.0.0.3:80 0.2"), noOne, "query latency: -1 of 10.0.0.2:80 in tcp/10.0.0.1:80 is no latency in seconds"},
		{"two series", "L", vector("instance=10.0.0.2:80,code=200 1", "instance=10.0.0.2:80,code=500 2", "instance=10.0.0.3:80 0.2"), noOne, "query latency: more than one series is of 10.0.0.2:80 in tcp/10.0.0.1:80; aggregate by (instance)"},
		{"three series", "L", vector("instance=10.0.0.2:80,code=200 1", "instance=10.0.0.2:80,code=500 2", "instance=10.0.0.2:80,code=302 2", "instance=10.0.0.3:80 0.2"), noOne, "query latency: more than one series is of 10.0.0.2:80 in tcp/10.0.0.1:80; aggregate by (instance) (and 1 more)"},
		{"native histogram", "L", histogram, no, "query latency: gives native histograms; histogram_avg or histogram_count makes numbers of them"},
		{"another program's JSON", "L", `{"status":"success"}`, no, "query latency: the answer is none of Prometheus's"},
		{"null for a series", "L", `{"resultType":"vector","result":[null]}`, no, "query latency: the answer is none of Prometheus's"},
		{"scalar", "L", `{"resultType":"scalar","result":[1767323045,"1"]}`, no, "query latency: gives a scalar; an instant vector is needed, a series for each real server"},
		{"string", "L", `{"resultType":"string","result":[1767323045,"a"]}`, no, `query latency: bad_response: unexpected value type "string"`},
		{"range vector", "L", `{"resultType":"matrix","result":[]}`, no, "query latency: gives a matrix; an instant vector is needed, a series for each real server"},
		{"other servers only", "L", vector("instance=10.0.0.9:80 1"), no, `query latency: no series is of a real server that is tuned; the label instance has "10.0.0.9:80", for one`},
		{"no such label", "L", vector("job=x 1"), no, `query latency: no series is of a real server that is tuned; the label instance has "", for one`},
		{"warning", "L", `{"status":"success","warnings":["a store is\n gone"],"data":` + vector("instance=10.0.0.2:80 0.5", "instance=10.0.0.3:80 0.2") + `}`, both, "query latency: warning: a store is gone"},
		{"requests negative", "R", vector("instance=10.0.0.2:80 -1", "instance=10.0.0.3:80 20"), "10.0.0.2:80 in tcp/10.0.0.1:80 latency 0.5\n" + second, "query requests: -1 of 10.0.0.2:80 in tcp/10.0.0.1:80 is no number of requests per second"},
		{"requests unknown", "R", vector(), noRates, ""},
		{"errors infinite", "E", vector("instance=10.0.0.2:80 +Inf"), noErrors + second, "query errors: +Inf of 10.0.0.2:80 in tcp/10.0.0.1:80 is no number of errors per second"},
		{"more errors than requests", "E", vector("instance=10.0.0.2:80 12"), noErrors + second, "query errors: 12 per second of 10.0.0.2:80 in tcp/10.0.0.1:80 are more than its requests, 10"},
		{"no latency of others is no mistake", "L", vector("instance=10.0.0.2:80 0.5", "instance=10.0.0.3:80 0.2", "instance=10.0.0.9:80 7"), both, ""},
		{"idle", "R", vector("instance=10.0.0.2:80 0"), "10.0.0.2:80 in tcp/10.0.0.1:80 latency 0.5 requests 0\n10.0.0.3:80 in tcp/10.0.0.1:80 latency 0.2\n", ""},
		{"all errors, and a rounding", "E", vector("instance=10.0.0.2:80 10.001"), strings.Replace(both, "errors 0.1", "errors 1", 1), ""},
		{"good", "E", vector("instance=10.0.0.2:80 1"), both, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := &fakeServer{answers: map[string]string{
				"L": vector("instance=10.0.0.2:80 0.5", "instance=10.0.0.3:80 0.2"),
				"R": vector("instance=10.0.0.2:80 10", "instance=10.0.0.3:80 20"),
				"E": vector("instance=10.0.0.2:80 1"),
			}}
			server.answers[test.query] = test.reply
			got, err := observe(t, queries(), server, twoServers())
			if told(got) != test.want {
				t.Errorf("got\n%swant\n%s", told(got), test.want)
			}
			if fmt.Sprint(err) != test.wrong && (err != nil || test.wrong != "") {
				t.Errorf("error %v, want %s", err, test.wrong)
			}
			for _, o := range got {
				if !o.Time.Equal(now) {
					t.Errorf("observation of %s", o.Time)
				}
			}
		})
	}
	// A rate of 0/0 is how an idle server looks.
	nothing := &fakeServer{answers: map[string]string{"L": vector("instance=10.0.0.2:80 NaN"), "R": vector("instance=10.0.0.2:80 0"), "E": vector()}}
	if got, err := observe(t, queries(), nothing, twoServers()); told(got) != idle || err != nil {
		t.Errorf("got %s, error %v", told(got), err)
	}
}

// TestErrorsThatAreUnknown has a query fail, after which no errors does not
// mean none.
func TestErrorsThatAreUnknown(t *testing.T) {
	server := &fakeServer{answers: map[string]string{"L": vector("instance=10.0.0.2:80 0.5"), "R": vector("instance=10.0.0.2:80 10")}}
	got, err := observe(t, queries(), server, twoServers())
	if want := "10.0.0.2:80 in tcp/10.0.0.1:80 latency 0.5 requests 10\n"; told(got) != want {
		t.Errorf("got %s", told(got))
	}
	const want = `query errors: bad_data: invalid parameter "query": 1:5: parse error: unexpected <EOF>`
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
