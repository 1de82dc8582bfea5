package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// chooseCollectors returns those of the collectors that are on which a
// request asks for: all, those in collect[], or all but those in exclude[].
func chooseCollectors(on []string, query url.Values) ([]string, error) {
	collect, exclude := query["collect[]"], query["exclude[]"]
	if len(collect) > 0 && len(exclude) > 0 {
		return nil, errors.New("collect[] and exclude[] are not to be used together")
	}
	for _, c := range slices.Concat(collect, exclude) {
		if !slices.Contains(on, c) {
			return nil, fmt.Errorf("collector %q is not on; on are %s", c, strings.Join(on, ", "))
		}
	}
	return slices.DeleteFunc(slices.Clone(on), func(c string) bool {
		return len(collect) > 0 && !slices.Contains(collect, c) || slices.Contains(exclude, c)
	}), nil
}

// scrapeContext ends when what has been read is to be written: a tenth of the
// time that Prometheus grants is left for that.
func scrapeContext(r *http.Request) (context.Context, context.CancelFunc) {
	seconds, err := strconv.ParseFloat(r.Header.Get("X-Prometheus-Scrape-Timeout-Seconds"), 64)
	if err != nil || !(seconds > 0 && seconds < maxTimeout.Seconds()) {
		return context.WithCancel(r.Context())
	}
	return context.WithTimeout(r.Context(), time.Duration(seconds*0.9*float64(time.Second)))
}

// maxTimeout keeps the header's value within what a duration holds.
const maxTimeout = 24 * time.Hour
