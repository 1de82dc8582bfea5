package status

import (
	"html/template"
	"net/url"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/scaling"
)

// Link is another page of the program.
type Link struct{ Path, Text string }

// frame is what is around each page.
type frame struct {
	Version string
	Links   []Link
	JSON    string // where the same is as JSON
	Every   int    // seconds after which it may be another
}

// listPage is the page of a [List].
type listPage struct {
	frame
	List
	query query
}

// detailPage is the page of a [Detail].
type detailPage struct {
	frame
	Detail
	query   query
	largest [4]float32 // of the charts of all servers on it, by value
}

// errorPage says why there is no page.
type errorPage struct {
	frame
	Head
	Why string
}

func newDetailPage(f frame, d Detail, q query) detailPage {
	p := detailPage{frame: f, Detail: d, query: q}
	for _, s := range d.Servers {
		if h := s.History; h != nil {
			for i, v := range []Values{h.Weight, h.Share, h.Latency, h.Capacity} {
				p.largest[i] = max(p.largest[i], largestOf(v))
			}
		}
	}
	return p
}

// The links of a list.

func (p listPage) Find() string { return p.query.find }

func (p listPage) Code() string { return p.query.code }

// Only links to the services of one code.
func (p listPage) Only(code string) string { return p.query.link(1, code) }

func (p listPage) Previous() string { return previous(p.query, p.Page) }

func (p listPage) Next() string { return next(p.query, p.Page, p.Pages) }

func (p detailPage) Previous() string { return previous(p.query, p.Page) }

func (p detailPage) Next() string { return next(p.query, p.Page, p.Pages) }

func previous(q query, page int) string {
	if page <= 1 {
		return ""
	}
	return q.link(page-1, q.code)
}

func next(q query, page, pages int) string {
	if page >= pages {
		return ""
	}
	return q.link(page+1, q.code)
}

// Where names what a failure concerns, "" where that is nothing in particular.
func (f Failure) Where() string {
	of := tuner.Target{Netns: f.Netns, Service: f.Service, Server: f.Server}
	if of.Service == (ipvs.ServiceID{}) {
		return f.Netns
	}
	return of.String()
}

// Link leads to the page of a virtual service.
func (s Service) Link() string { return serviceLink(s.Netns, s.Service.String()) }

// Link leads to the page of the virtual service.
func (d Decision) Link() string { return serviceLink(d.Netns, d.Service.String()) }

func serviceLink(netns, service string) string {
	v := url.Values{"service": {service}}
	if netns != "" {
		v.Set("netns", netns)
	}
	return servicePath + "?" + v.Encode()
}

// The cells of a virtual service.

// Demand returns the requests that come, in words.
func (s Service) Demand() string {
	if s.Autoscaling == nil {
		return dash
	}
	return perSecond(s.Autoscaling.Demand)
}

// Bears returns the requests that its servers can answer, in words.
func (s Service) Bears() string { return given(s.advice().Capacity, perSecond) }

// Use returns the part of that which comes, in words.
func (s Service) Use() string { return given(s.advice().Utilization, percent) }

func (s Service) advice() scaling.Advice {
	if s.Autoscaling == nil {
		return scaling.Advice{}
	}
	return *s.Autoscaling
}

// LatencyText returns the mean latency in words.
func (s Service) LatencyText() string { return known(s.Latency, seconds) }

func (s Service) drawn(what string, get func(*ServiceHistory) Values, label func(float64) string) chart {
	if s.History == nil {
		return chart{Says: what + ": not known"}
	}
	v := get(s.History)
	return chartOf(what, v, largestOf(v), label)
}

// LatencyChart and its kin draw the last hour, each up to its own largest value.
func (s Service) LatencyChart() chart {
	return s.drawn("latency", func(h *ServiceHistory) Values { return h.Latency }, seconds)
}

func (s Service) DemandChart() chart {
	return s.drawn("demand", func(h *ServiceHistory) Values { return h.Demand }, perSecond)
}

func (s Service) BearsChart() chart {
	return s.drawn("capacity", func(h *ServiceHistory) Values { return h.Capacity }, perSecond)
}

func (s Service) UseChart() chart {
	return s.drawn("utilization", func(h *ServiceHistory) Values { return h.Utilization }, percent)
}

// cell is a value of a real server with its chart.
type cell struct {
	Head  string // of its column
	Text  string
	Chart chart
}

// Cells returns what is drawn of a real server, on the same scale for all of
// the page.
func (p detailPage) Cells(s Server) []cell {
	h := s.History
	if h == nil {
		h = &ServerHistory{}
	}
	text := weight(float64(s.Weight))
	if s.Wanted != nil {
		text += " → " + weight(float64(*s.Wanted))
	}
	return []cell{
		{"Weight", text, chartOf("weight", h.Weight, p.largest[ofWeight], weight)},
		{"Share", given(s.Share, percent), chartOf("share", h.Share, p.largest[ofShare], percent)},
		{"Latency", known(s.Latency, seconds), chartOf("latency", h.Latency, p.largest[ofLatency], seconds)},
		{"Capacity", known(s.Capacity, perSecond), chartOf("capacity", h.Capacity, p.largest[ofCapacity], perSecond)},
	}
}

// Scales returns the heads of these columns with what the charts go up to.
func (p detailPage) Scales() []cell {
	var heads []cell
	for i, of := range []struct {
		head  string
		label func(float64) string
	}{{"Weight", weight}, {"Share", percent}, {"Latency", seconds}, {"Capacity", perSecond}} {
		heads = append(heads, cell{Head: of.head, Text: known(float64(p.largest[i]), of.label)})
	}
	return heads
}

var words = template.FuncMap{
	"spaced": spaced, "number": number, "clock": clock, "dated": dated,
}
