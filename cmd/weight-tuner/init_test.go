package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// A configuration that init writes passes check, and a plan by it shows the
// service.
func TestInit(t *testing.T) {
	f := files(t, map[string]string{"table": tableAt(0), "observations": observations, "names": "services: {tcp/10.0.0.1:80: shop}\n", "new": ""})
	printed, err := runWith(t, "init", "--table.file="+f["table"], "--names.file="+f["names"])
	if err != nil || !strings.Contains(printed, `"shop": scheduler wrr`) {
		t.Fatalf("error %v, printed\n%s", err, printed)
	}
	if out, err := runWith(t, "init", "--table.file="+f["table"], "--names.file="+f["names"], "-o", f["new"]); err != nil || out != "" {
		t.Fatalf("error %v, printed\n%s", err, out)
	}
	if text, err := os.ReadFile(f["new"]); err != nil || string(text) != printed {
		t.Errorf("error %v, wrote\n%s", err, text)
	}
	if out, err := runWith(t, "check", "--config.file="+f["new"]); err != nil || out != "" {
		t.Errorf("check: error %v, printed\n%s", err, out)
	}
	out, err := runWith(t, "plan", "--config.file="+f["new"], "--table.file="+f["table"], "--observations.file="+f["observations"])
	if err != nil || !strings.Contains(out, "tcp/10.0.0.1:80 (optimize by observations)") {
		t.Errorf("plan: error %v, printed\n%s", err, out)
	}
}

func TestInitAdvises(t *testing.T) {
	err := advised(&ipvs.Error{Op: "read table", Err: ipvs.ErrNotPermitted})
	if !errors.Is(err, ipvs.ErrNotPermitted) || !strings.Contains(err.Error(), "run it as root, or give it that capability, or use --table.file") {
		t.Errorf("error %v", err)
	}
}

func TestInitOverwritesNothing(t *testing.T) {
	f := files(t, map[string]string{"table": tableAt(0), "mine": "mine"})
	_, err := runWith(t, "init", "--table.file="+f["table"], "--output="+f["mine"])
	if err == nil || !strings.Contains(err.Error(), "mine: is there already, and is left as it is") {
		t.Errorf("error %v", err)
	}
	if text, err := os.ReadFile(f["mine"]); err != nil || string(text) != "mine" {
		t.Errorf("error %v, the file has\n%s", err, text)
	}
	if left, err := os.ReadDir(filepath.Dir(f["mine"])); err != nil || len(left) != 2 {
		t.Errorf("error %v, left %v", err, left)
	}
}
