//go:build lab

package main

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/browser"
)

// servicePage is where the tuner's page shows the director's one service.
const servicePage = "service?service=tcp/10.0.1.100:80"

// openBrowser opens a browser as a telephone is.
func openBrowser(ctx context.Context, t *testing.T) *browser.Browser {
	t.Helper()
	b, err := browser.Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// promise returns what a page evaluates to wait for a condition.
func promise(condition string) string {
	return `new Promise((done) => {
	const look = () => { if (` + condition + `) { watch.disconnect(); done(document.body.innerText); } };
	const watch = new MutationObserver(look);
	watch.observe(document, {subtree: true, childList: true, characterData: true});
	look();
})`
}

// seeServers sees the real servers on the tuner's page: with its script, which
// says that it is live, and without.
func seeServers(t *testing.T, root string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	b := openBrowser(ctx, t)
	for _, look := range []browser.Look{{Width: 360, Height: 740}, {Width: 360, Height: 740, NoScript: true}} {
		rows := 0
		if err := errors.Join(b.Set(ctx, look), b.Visit(ctx, root+servicePage)); err != nil {
			t.Fatal(err)
		}
		if !look.NoScript {
			if err := b.Evaluate(ctx, promise(`document.getElementById("live").textContent === "Live"`), nil); err != nil {
				t.Errorf("it is not live: %v", err)
			}
		}
		if err := b.Evaluate(ctx, `document.querySelectorAll("#servers tbody tr").length`, &rows); err != nil || rows != 3 {
			t.Errorf("%d servers with %+v, error %v", rows, look, err)
		}
		if said := b.Complaints(); len(said) > 0 {
			t.Error(said)
		}
	}
}

// weightLost holds once a server's weight is plainly below another's.
const weightLost = `(() => {
	const weights = [...document.querySelectorAll("#servers [data-head=Weight]")].map((cell) => parseInt(cell.textContent));
	return Math.min(...weights) < Math.max(...weights) * 0.75;
})()`

// TestSlowServerShown has the demonstration's real servers turn slow in turn,
// and sees one lose weight on the tuner's page, without loading that again. It
// wants the machine for itself: where the guest has too little of it, all are
// slow.
func TestSlowServerShown(t *testing.T) {
	cmd, lines := startDemo(t, t.TempDir())
	root := ""
	for root == "" {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if url, found := strings.CutPrefix(strings.TrimSpace(line), "tuner's status"); found {
			root = strings.TrimSpace(url)
		}
	}
	said := make(chan struct{})
	go func() { defer close(said); _, _ = lines.WriteTo(t.Output()) }()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	b := openBrowser(ctx, t)
	seen := ""
	if err := errors.Join(b.Set(ctx, browser.Look{Width: 1000, Height: 900}), b.Visit(ctx, root+servicePage), b.Evaluate(ctx, promise(weightLost), &seen)); err != nil {
		t.Errorf("%v; the page has\n%s", err, body(t, root+"plan"))
	} else if !strings.Contains(seen, "times the mean latency") && !strings.Contains(seen, "falls behind") {
		t.Errorf("no reason is given in\n%s", seen)
	}
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	<-said
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}
