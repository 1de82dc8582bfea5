package pages

import (
	"reflect"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	text := "# Page\n\n```sh run\nls\n```\n\n1. In a list:\n\n   ```yaml weight-tuner\n   services:\n     - x\n   ```\n\n```sh not run: no systemd\nreboot\n```\n"
	want := []Block{
		{"p.md", 4, "sh run", "ls\n"},
		{"p.md", 10, "yaml weight-tuner", "services:\n  - x\n"},
		{"p.md", 15, "sh not run", "reboot\n"},
	}
	if got, err := read("p.md", text); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		"```sh\nls\n```\n":            `p.md:1: "sh" is no kind of block`,
		"```\nls\n```\n":              `p.md:1: "" is no kind of block`,
		"```sh not run: \nls\n```\n":  "is no kind of block",
		"Look:\n\n    ls\n":           "p.md:3: code without a fence",
		"```sh run\nls\n":             "the last fence is open",
		"```sh run\n```\n\n```text\n": "the last fence is open",
	} {
		if _, err := read("p.md", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

// Every block of the documentation says what is done with it.
func TestBlocks(t *testing.T) {
	blocks, err := Blocks("../..")
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]int{}
	for _, b := range blocks {
		of[b.Kind]++
	}
	for _, kind := range []string{"sh run", "sh start", "console run", "yaml weight-tuner", "yaml prometheus", "promql"} {
		if of[kind] == 0 {
			t.Errorf("no block is %q", kind)
		}
	}
}
