package main

import (
	"os/exec"
	"testing"
	"time"
)

var commit = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func TestPackageVersion(t *testing.T) {
	for _, described := range []string{"", "unknown", "1.2.3", "v1.2", "v1.2.3-", "v1.2.3-x", "v1.2.3-4", "v1.2.3_4", "abcdefg"} {
		if got, err := packageVersion(described, commit); err == nil {
			t.Errorf("%q is the version %s", described, got)
		}
	}
	// In the order in which dpkg is to have them.
	tests := []struct{ described, want string }{
		{"9aeae53", "0~git20260102030405.9aeae53"},
		{"9aeae53-dirty", "0~git20260102030405.9aeae53+dirty"},
		{"v0.1.0", "0.1.0"},
		{"v1.2.3-rc1", "1.2.3~rc1"},
		{"v1.2.3-rc1-2-gabcdef0", "1.2.3~rc1+2.gabcdef0"},
		{"v1.2.3-rc2", "1.2.3~rc2"},
		{"v1.2.3", "1.2.3"},
		{"v1.2.3-4-gabcdef0", "1.2.3+4.gabcdef0"},
		{"v1.2.3-4-gabcdef0-dirty", "1.2.3+4.gabcdef0+dirty"},
		{"v1.2.3-10-gabcdef0", "1.2.3+10.gabcdef0"},
		{"v1.2.4", "1.2.4"},
		{"v1.10.0", "1.10.0"},
	}
	before := "0~"
	for _, tt := range tests {
		got, err := packageVersion(tt.described, commit)
		if got != tt.want || err != nil {
			t.Errorf("%s is the version %q, %v, want %s", tt.described, got, err, tt.want)
		}
		if out, err := exec.Command("dpkg", "--compare-versions", before, "lt", got).CombinedOutput(); err != nil {
			t.Errorf("dpkg does not take %s for less than %s: %v %s", before, got, err, out)
		}
		before = got
	}
}
