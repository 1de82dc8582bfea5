package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/collector"
)

// FuzzRequest reads what a request for metrics may say; whatever that is, the
// scrape is of collectors that are on, and ends.
func FuzzRequest(f *testing.F) {
	f.Add("collect[]=director&collect[]=servers", "10", "gzip;q=0.5, br")
	f.Add("exclude[]=rates", "1e300", "gzip;q=0.000,")
	f.Add("collect[]=%zz&exclude[]=", "NaN", ";;q=")
	f.Fuzz(func(t *testing.T, query, timeout, encoding string) {
		values, _ := url.ParseQuery(query) // has what could be read
		on := collector.Defaults()
		chosen, err := chooseCollectors(on, values)
		for _, c := range chosen {
			if err != nil || !slices.Contains(on, c) {
				t.Errorf("chosen is %s, error %v", c, err)
			}
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil)
		r.Header["X-Prometheus-Scrape-Timeout-Seconds"] = []string{timeout}
		r.Header["Accept-Encoding"] = []string{encoding}
		acceptsGzip(r.Header)
		ctx, cancel := scrapeContext(r)
		if _, ends := ctx.Deadline(); ctx.Err() != nil && !ends {
			t.Error("ended at once")
		}
		cancel()
	})
}
