package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/compare"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/scenario"
)

// stories are scenarios of two minutes: one with a name that is no word in a
// page and a server that answers errors, one with thirty servers that the tuner
// skips.
var stories = map[string]string{
	"errors": `
# A "title" with </script> & <b>signs</b>
#
# A first paragraph.
duration: 2m
measure_from: 20s
service: {id: tcp/10.0.0.1:80, scheduler: wrr}
servers:
  web: {address: 10.0.0.2:80, count: 2, service_time: {distribution: exponential, mean: 10ms}}
traffic: {per_second: 40}
events: [{at: 1m, server: 10.0.0.3:80, action: fail, errors: 1, mark: <i>errors</i> begin}]
`,
	"many": `
duration: 2m
service: {id: 'tcp/[2001:db8::1]:80', scheduler: rr}
servers:
  web: {address: '[2001:db8::10]:80', count: 30, service_time: {distribution: exponential, mean: 10ms}}
traffic: {per_second: 60}
`}

func comparisons(t *testing.T, names ...string) []compare.Comparison {
	t.Helper()
	g := compare.Grid{Policies: sim.Policies(), Seeds: compare.Seeds(1, 2)}
	for _, name := range names {
		s, err := scenario.Read(strings.NewReader(strings.TrimSpace(stories[name])), name+".yaml", nil)
		if err != nil {
			t.Fatal(err)
		}
		g.Scenarios = append(g.Scenarios, s)
	}
	c, err := g.Run(func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// written returns the page without its script.
func written(t *testing.T, c []compare.Comparison) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, c); err != nil {
		t.Fatal(err)
	}
	return strings.Replace(b.String(), script, "", 1)
}

func TestSameRunsSameBytes(t *testing.T) {
	if one, other := written(t, comparisons(t, "errors", "many")), written(t, comparisons(t, "errors", "many")); one != other {
		t.Error("two reports of the same scenarios and seeds differ")
	}
}

func TestPage(t *testing.T) {
	page := written(t, comparisons(t, "errors", "many"))
	for _, unwanted := range []string{"</script> &", "<i>errors", "ZgotmplZ", "NaN", "Inf", "http://", "https://", "//# source"} {
		if strings.Contains(page, unwanted) {
			t.Errorf("%s is in the page", unwanted)
		}
	}
	for _, wanted := range []string{
		"<h2>A &#34;title&#34; with &lt;/script&gt; &amp; &lt;b&gt;signs&lt;/b&gt;</h2>",
		"<p class=\"story\">A first paragraph.</p>",
		"<b>1</b> &lt;i&gt;errors&lt;/i&gt; begin <small>at 1m</small>",
		`<i class="moment" style="left: 50%">`,
		`<i class="before" style="width: 16.67%">`,
		"<figcaption>Failed requests</figcaption>",
		"12 of 30 real servers, those whose shares differ most",
		"equalize skips the service: scheduler rr ignores weights but for 0: use wrr.",
		"2 scenarios, 7 policies, 2 seeds",
	} {
		if !strings.Contains(page, wanted) {
			t.Errorf("no %s in the page", wanted)
		}
	}
	if n := strings.Count(page, "<figcaption>Weight</figcaption>"); n != 2+mostServers {
		t.Errorf("%d charts of weights", n)
	}
	if n := strings.Count(page, "<figcaption>Failed requests</figcaption>"); n != 1 {
		t.Errorf("%d charts of failed requests, one scenario has some", n)
	}
}

// A page of one policy and a scenario in which nobody comes is a page.
func TestPageOfNothing(t *testing.T) {
	c := comparisons(t, "many")
	c[0].Rows = c[0].Rows[:1]
	for i := range c[0].Rows[0].Runs[0].Periods {
		p := &c[0].Rows[0].Runs[0].Periods[i]
		p.Answered, p.MeanSeconds = 0, 0
		for j := range p.Servers {
			p.Servers[j] = sim.ServerPeriod{Server: p.Servers[j].Server}
		}
	}
	if page := written(t, c); strings.Contains(page, "NaN") || strings.Contains(page, "Inf") || !strings.Contains(page, `d=""`) {
		t.Error("nothing is drawn as something")
	}
}

func TestPoliciesLookDifferent(t *testing.T) {
	var rows []compare.Row
	for _, p := range []tuner.Policy{sim.Equal, "a", "b", "c", sim.Oracle} {
		rows = append(rows, compare.Row{Policy: p})
	}
	seen := make(map[string]bool)
	for _, p := range policiesOf(compare.Comparison{Rows: rows}) {
		if seen[p.Class] || !strings.Contains(style, "path."+p.Class+" ") {
			t.Errorf("%s looks like another or like nothing: %s", p.Name, p.Class)
		}
		seen[p.Class] = true
	}
}
