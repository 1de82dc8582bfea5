//go:build linux

package main

import (
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/lab/cmd/bench/measure"
)

func TestParseFigures(t *testing.T) {
	if _, err := parseFigures(strings.NewReader("panic: no\n")); err == nil {
		t.Error("no error for what is no figure")
	}
	got, err := parseFigures(strings.NewReader(`{"Shape":{"Services":1,"Servers":2},"Reader":"dump","What":"cpu","Value":0.5}` + "\n"))
	want := measure.Figure{Shape: measure.Shape{Services: 1, Servers: 2}, Reader: measure.Dump, What: measure.CPU, Value: 0.5}
	if err != nil || len(got) != 1 || got[0] != want {
		t.Errorf("%+v, error %v, want %+v", got, err, want)
	}
}
