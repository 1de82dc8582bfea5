package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestHasServices(t *testing.T) {
	const heading = "IP Virtual Server version 1.2.1 (size=4096)\n" +
		"Prot LocalAddress:Port Scheduler Flags\n" +
		"  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\n"
	tests := []struct {
		name, table string
		want        bool
	}{
		{"empty file", "", false},
		{"no service", heading, false},
		{"something else", "TCPX 1\nout of TCP\n", false},
		{"by address", heading + "TCP  0A000164:0050 wrr  \n  -> 0A00020B:1F90      Masq    100    0          0\n", true},
		{"by mark", heading + "FWM  00000102 rr  \n", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "ip_vs")
			if err := os.WriteFile(file, []byte(tt.table), 0o644); err != nil {
				t.Fatal(err)
			}
			if got := hasServices(file); got != tt.want {
				t.Errorf("has services: %t", got)
			}
		})
	}
	if hasServices(filepath.Join(t.TempDir(), "ip_vs")) {
		t.Error("a kernel without IPVS has services")
	}
}
