package status

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// query is what a URL asks for.
type query struct {
	of   tuner.Target // zero is a list
	find string       // part of an identity or of a network namespace's name; "" is any
	code string       // of the last decision; "" is any
	page int          // from 1
}

var (
	errNoService = errors.New("no such virtual service is tuned")
	errNoPage    = errors.New("there are not so many pages")
)

// readQuery reads the parameters of a URL; one that is unknown is ignored, as
// those that are for a proxy may be.
func readQuery(v url.Values) (query, error) {
	q := query{find: v.Get("find"), code: v.Get("code"), page: 1}
	if text := v.Get("page"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return q, fmt.Errorf("page %q: want a number from 1", text)
		}
		q.page = n
	}
	if text := v.Get("service"); text != "" {
		id, err := ipvs.ParseServiceID(text)
		if err != nil {
			return q, err
		}
		q.of = tuner.Target{Netns: v.Get("netns"), Service: id}
	}
	return q, nil
}

// link returns the same query as a URL's, for another page and code.
func (q query) link(page int, code string) string {
	v := url.Values{}
	set := func(key, value string) {
		if value != "" {
			v.Set(key, value)
		}
	}
	if q.of != (tuner.Target{}) {
		v.Set("service", q.of.Service.String())
		set("netns", q.of.Netns)
	}
	set("find", q.find)
	set("code", code)
	if page > 1 {
		v.Set("page", strconv.Itoa(page))
	}
	return "?" + v.Encode()
}

// finds reports whether a virtual service, or one of its real servers, is among
// those that are looked for.
func (q query) finds(r *row, buffer *[]byte) bool {
	if q.find == "" {
		return true
	}
	has := func(b []byte) bool {
		*buffer = b
		return bytes.Contains(b, []byte(q.find))
	}
	if has(append((*buffer)[:0], r.plan.Service.String()...)) || has(append((*buffer)[:0], r.plan.Netns...)) {
		return true
	}
	for i := range r.plan.Servers {
		if has(r.plan.Servers[i].Server.AppendTo((*buffer)[:0])) {
			return true
		}
	}
	return false
}

// pages returns which of so many things, of which a page has most, are on the
// page that is asked for, and how many pages there are: one at least.
func (q query) pages(things, most int) (from, to, pages int, err error) {
	pages = max(1, (things+most-1)/most)
	if q.page > pages {
		return 0, 0, pages, errNoPage
	}
	from = (q.page - 1) * most
	return from, min(from+most, things), pages, nil
}
