package tuner

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/config"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
)

// probesPerInterval is how many probes of a real server there are at least
// between two decisions: of fewer a mean latency says little.
const probesPerInterval = 6

// Probe says how the tuner asks the real servers itself.
type Probe struct {
	Interval time.Duration // from the start of one to the start of the next of the same server
	Timeout  time.Duration // of one
	Port     uint32        // 0 is the real server's own

	// Of HTTP alone.
	Scheme           string // http or https
	Method           string // GET or HEAD
	Path             string // with its query
	Host             string // "" is the address and the port
	ValidStatusCodes []StatusRange
	KeepAlive        bool
	TLS              config.TLSConfig
}

// StatusRange is a range of HTTP's status codes, its ends included.
type StatusRange struct{ First, Last int }

// String returns 200 or 200-399.
func (r StatusRange) String() string {
	if r.First == r.Last {
		return strconv.Itoa(r.First)
	}
	return fmt.Sprintf("%d-%d", r.First, r.Last)
}

func defaultProbe(interval time.Duration) Probe {
	each := min(time.Second, longestProbe(interval))
	return Probe{Interval: each, Timeout: each}
}

func defaultHTTPProbe(interval time.Duration) Probe {
	p := defaultProbe(interval)
	p.Scheme, p.Method, p.Path = "http", http.MethodGet, "/"
	p.ValidStatusCodes = []StatusRange{{200, 399}}
	return p
}

// longestProbe returns the longest timeout and interval of probes.
func longestProbe(interval time.Duration) time.Duration {
	return (interval / probesPerInterval).Truncate(time.Millisecond)
}

// fields returns what reads each key of a probe.
func (p *Probe) fields(interval time.Duration) map[string]func(yamlfile.Value) {
	duration := func(into *time.Duration) func(yamlfile.Value) {
		return func(v yamlfile.Value) {
			v.Duration(into, 10*time.Millisecond, longestProbe(interval), 1)
		}
	}
	return map[string]func(yamlfile.Value){
		"interval": duration(&p.Interval),
		"timeout":  duration(&p.Timeout),
		"port":     func(v yamlfile.Value) { v.Integer(&p.Port, 1, 65535) },
	}
}

func (p *Probe) httpFields(interval time.Duration) map[string]func(yamlfile.Value) {
	fields := p.fields(interval)
	fields["scheme"] = func(v yamlfile.Value) { yamlfile.Choice(v, &p.Scheme, "http", "https") }
	fields["method"] = func(v yamlfile.Value) { yamlfile.Choice(v, &p.Method, http.MethodGet, http.MethodHead) }
	fields["path"] = func(v yamlfile.Value) { readPath(v, &p.Path) }
	fields["host"] = func(v yamlfile.Value) { readHost(v, &p.Host) }
	fields["valid_status_codes"] = func(v yamlfile.Value) { readStatusRanges(v, &p.ValidStatusCodes) }
	fields["keep_alive"] = func(v yamlfile.Value) { v.Boolean(&p.KeepAlive) }
	fields["tls_config"] = func(v yamlfile.Value) { readTLS(v, &p.TLS) }
	return fields
}

// checkTLS refuses a tls_config without effect.
func (p *Probe) checkTLS(v yamlfile.Value) {
	if entry, ok := v.Entry("tls_config"); ok && p.Scheme != "https" {
		entry.Problem("is for the scheme https")
	}
}

func readPath(v yamlfile.Value, into *string) {
	v.Text(into)
	if u, err := url.ParseRequestURI(*into); err != nil || u.Host != "" || !strings.HasPrefix(*into, "/") || strings.Contains(*into, "#") {
		v.Problem("%s is not a path such as /healthz", *into)
	}
}

func readHost(v yamlfile.Value, into *string) {
	v.Text(into)
	if u, err := url.Parse("http://" + *into); err != nil || u.Host != *into {
		v.Problem("%s is not a host name", *into)
	}
}

// readStatusRanges reads one range or a sequence of them.
func readStatusRanges(v yamlfile.Value, into *[]StatusRange) {
	*into = nil
	read := func(v yamlfile.Value) {
		if r, ok := readStatusRange(v); ok {
			*into = append(*into, r)
		}
	}
	if _, single := v.Scalar(); single {
		read(v)
		return
	}
	v.Items(read)
}

func readStatusRange(v yamlfile.Value) (r StatusRange, ok bool) {
	text, _ := v.Scalar()
	first, last, both := strings.Cut(text, "-")
	if !both {
		last = first
	}
	var errs [2]error
	r.First, errs[0] = strconv.Atoi(first)
	r.Last, errs[1] = strconv.Atoi(last)
	if errs != [2]error{} || r.First < 100 || r.First > r.Last || r.Last > 599 {
		v.Problem("%s is not a status such as 200, nor a range such as 200-399", text)
		return r, false
	}
	return r, true
}
