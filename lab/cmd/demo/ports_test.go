package main

import "testing"

func TestChoosePorts(t *testing.T) {
	taken, err := listen(prometheusPort) // by the test, if by nobody else
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	p, err := choosePorts()
	if err != nil {
		t.Fatal(err)
	}
	if p.prometheus.number == prometheusPort || p.prometheus.wanted != prometheusPort {
		t.Errorf("%d is chosen for %d, which is taken", p.prometheus.number, p.prometheus.wanted)
	}
	if p.exporter.number == p.tuner.number || p.tuner.number == p.prometheus.number || p.exporter.number == p.prometheus.number {
		t.Errorf("ports %+v: two are the same", p)
	}
	free, err := listen(p.exporter.number)
	if err != nil {
		t.Fatal(err)
	}
	defer free.Close()
	if got := free.Addr().String(); got != p.exporter.address() {
		t.Errorf("the chosen port is not free for %s: %s", p.exporter.address(), got)
	}
}
