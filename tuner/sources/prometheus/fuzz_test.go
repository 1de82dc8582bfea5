package prometheus

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/api"
	apiv1 "github.com/prometheus/client_golang/api/prometheus/v1"
)

// answering is a transport that has one answer to everything.
type answering string

func (a answering) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(string(a)))}, nil
}

// FuzzAnswers has any answer to all three queries; what is observed of it makes
// sense.
func FuzzAnswers(f *testing.F) {
	f.Add("{}")
	for _, data := range []string{vector("instance=10.0.0.2:80 0.5"), vector("instance=10.0.0.3 NaN"), `{"resultType":"scalar","result":[1,"1"]}`} {
		f.Add(`{"status":"success","data":` + data + `}`)
	}
	f.Fuzz(func(t *testing.T, answer string) {
		client, err := api.NewClient(api.Config{Address: "http://x", RoundTripper: answering(answer)})
		if err != nil {
			t.Fatal(err)
		}
		c := &Client{config: queries(), api: apiv1.NewAPI(client)}
		c.config.Timeout = time.Minute
		c.Watch(twoServers())
		observations, err := c.Observe(t.Context(), now)
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("error of several lines: %q", err)
		}
		for _, o := range observations {
			for _, x := range []*float64{o.LatencySeconds, o.RequestsPerSecond, o.ErrorRatio} {
				if x != nil && !counts(*x) {
					t.Errorf("observed %v", *x)
				}
			}
		}
	})
}
