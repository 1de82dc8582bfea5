//go:build lab

package status

import (
	"context"
	_ "embed"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/browser"
)

//go:embed testdata/inspect.js
var inspect string

// visitor is a browser at a scene's pages.
type visitor struct {
	*testing.T
	*browser.Browser
	ctx  context.Context
	root string
}

func visit(t *testing.T, b *Board) *visitor {
	t.Helper()
	h, err := b.Handler(options())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	opened, err := browser.Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	return &visitor{t, opened, ctx, server.URL}
}

func (v *visitor) must(err error) {
	v.Helper()
	if err != nil {
		v.Fatal(err)
	}
}

func (v *visitor) open(path string) {
	v.Helper()
	v.must(v.Visit(v.ctx, v.root+path))
}

// text returns what an expression comes to.
func (v *visitor) text(expression string) string {
	v.Helper()
	var text string
	v.must(v.Evaluate(v.ctx, expression, &text))
	return text
}

// until waits for a condition of the page, which is looked at again with each
// change.
func (v *visitor) until(condition string) {
	v.Helper()
	v.must(v.Evaluate(v.ctx, untilExpression(condition), nil))
}

func untilExpression(condition string) string {
	return fmt.Sprintf(`new Promise((done) => {
		const look = () => { if (%s) { watch.disconnect(); done(); } };
		const watch = new MutationObserver(look);
		watch.observe(document, {subtree: true, childList: true, characterData: true, attributes: true});
		look();
	})`, condition)
}

// Every page, in light and dark, wide and as a telephone has it, with script and
// without, can be read, stays in the window and loads nothing from elsewhere.
// The pictures are artifacts of the test.
func TestLooks(t *testing.T) {
	v := visit(t, &crowded(t).Board)
	for name, path := range map[string]string{"list": "/", "service": "/service?" + crowdedService, "error": "/?page=7"} {
		for _, look := range []browser.Look{
			{Width: 1440, Height: 900}, {Width: 360, Height: 740, Dark: true},
			{Width: 360, Height: 740, NoScript: true}, {Width: 900, Height: 900, Dark: true, NoScript: true},
		} {
			t.Run(fmt.Sprintf("%s %d dark=%t noscript=%t", name, look.Width, look.Dark, look.NoScript), func(t *testing.T) {
				v.T = t
				v.must(v.Set(v.ctx, look))
				v.open(path)
				if wrong := v.text(inspect); wrong != "" {
					t.Error(wrong)
				}
				if name != "error" && len(v.Complaints()) > 0 {
					t.Error(v.Complaints())
				}
				if rows := v.text(`String(document.querySelectorAll("tbody tr").length)`); name != "error" && rows != map[string]string{"list": "7", "service": "5"}[name] {
					t.Errorf("%s rows", rows)
				}
				v.must(v.Shoot(v.ctx, filepath.Join(t.ArtifactDir(), "page.png")))
			})
		}
	}
}

// A server that turns slow is seen to lose weight on a page that nobody loads
// again, while what has the focus, is typed and is scrolled to stays.
func TestLive(t *testing.T) {
	s := newScene(t)
	s.add("tcp/10.0.0.1:80", "wrr", nil, 100, 100, 100)
	for i := range 3 {
		s.seen[server(1, i)] = seen{latency: 0.05}
	}
	s.config.Interval = 2 * time.Second
	s.now = time.Now().Add(-time.Minute)
	s.periods(20)
	v := visit(t, &s.Board)
	v.must(v.Set(v.ctx, browser.Look{Width: 360, Height: 300}))
	v.open("/service?" + crowdedService)
	v.until(`document.getElementById("live").textContent === "Live"`)
	const weight = `document.querySelector("[data-key='10.0.1.2:80'] [data-head=Weight]").textContent`
	if got := v.text(weight); !strings.HasPrefix(got, "100") {
		t.Errorf("its weight is %s at first", got)
	}
	v.must(v.Evaluate(v.ctx, `window.row = document.querySelector("[data-key='10.0.1.2:80']"); document.querySelector("#decisions").scrollIntoView(); document.querySelector("footer nav a:last-child").focus({preventScroll: true}); window.top = scrollY`, nil))
	s.seen[server(1, 1)] = seen{latency: 0.2}
	s.periods(3)
	v.until(`parseInt(` + weight + `) < 90`)
	if got := v.text(`String([document.activeElement.textContent, window.row === document.querySelector("[data-key='10.0.1.2:80']"), scrollY > 0])`); got != "This page as JSON,true,true" {
		t.Errorf("focus, row and scrolling are %s", got)
	}
	if got := v.text(`document.querySelector(".decisions").textContent`); !strings.Contains(got, "10.0.1.2:80 needs ") {
		t.Errorf("the decisions are %s", got)
	}
	if said := v.Complaints(); len(said) > 0 {
		t.Error(said)
	}
}

// What is gone, and a tuner that does not answer, is said.
func TestNoAnswer(t *testing.T) {
	s := newScene(t)
	s.add("tcp/10.0.0.1:80", "wrr", nil, 1, 1)
	s.config.Interval = time.Second
	s.period()
	h, err := s.Handler(options())
	if err != nil {
		t.Fatal(err)
	}
	v := visit(t, &s.Board)
	server := httptest.NewServer(h)
	v.root = server.URL
	v.open("/service?" + crowdedService)
	v.until(`document.getElementById("live").textContent === "Live"`)
	gone := reported(1, "")
	gone.Interval = time.Second
	s.Tell(gone)
	v.until(`document.getElementById("live").textContent.includes("what this page shows is gone")`)
	server.CloseClientConnections()
	server.Close()
	v.until(`document.getElementById("live").textContent.includes("the tuner does not answer")`)
}

// By keys alone one gets from the beginning of the page to a service's.
func TestKeys(t *testing.T) {
	v := visit(t, &crowded(t).Board)
	v.must(v.Set(v.ctx, browser.Look{Width: 1000, Height: 900}))
	v.open("/")
	var stops []string
	for range 40 {
		v.must(v.Press(v.ctx, "Tab", 9))
		stop := v.text(`document.activeElement.textContent || document.activeElement.id`)
		if stops = append(stops, stop); stop == "tcp/10.0.0.1:80" {
			break
		}
		if outlined := v.text(`getComputedStyle(document.activeElement).outlineStyle`); outlined == "none" {
			t.Errorf("it cannot be seen that %s has the focus", stop)
		}
	}
	if got := strings.Join(stops[:4], ", "); got != "To the content, weight-tuner, find, Find" || stops[len(stops)-1] != "tcp/10.0.0.1:80" {
		t.Errorf("the stops are %q", stops)
	}
	v.must(v.Loads(v.ctx, func() error { return v.Press(v.ctx, "Enter", 13) }))
	if got := v.text(`document.querySelector("h1").textContent`); got != "tcp/10.0.0.1:80" {
		t.Errorf("Enter leads to %s", got)
	}
}
