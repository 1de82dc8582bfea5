package collector_test

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ipvs-autopilot/ipvs-autopilot/collector"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// A program that has a registry of its own shows the director that it runs
// on. The zero ipvs.Options are the running kernel's; this example reads
// files that stand in for it.
func ExampleNew() {
	client := ipvs.NewClient(ipvs.Options{Proc: "../ipvs/testdata/proc", Source: ipvs.Procfs})
	directors := func() []collector.Director { return []collector.Director{client} }

	registry := prometheus.NewRegistry()
	registry.MustRegister(collector.New(directors, collector.Options{
		Collectors: []string{collector.NameServices},
		Include:    []string{"tcp/10.*"},
	}))

	families, err := registry.Gather()
	if err != nil {
		fmt.Println(err)
	}
	for _, f := range families {
		if f.GetName() == "ipvs_service_weight" {
			fmt.Println(f.GetName(), f.GetMetric()[0].GetGauge().GetValue())
		}
	}
	// Output:
	// ipvs_service_weight 65635
}

// The namespaces of Docker's networks, and the program's own, each under its
// name. Clients are kept from scrape to scrape, and closed when their
// namespace is gone.
func ExampleNew_namespaces() {
	namespaces := ipvs.NewNamespaces(ipvs.Options{}, true, "/run/docker/netns/*")
	defer namespaces.Close()
	directors := func() []collector.Director {
		clients, err := namespaces.Clients()
		if err != nil {
			fmt.Println(err) // says which are left out
		}
		list := make([]collector.Director, len(clients))
		for i, c := range clients {
			list[i] = c
		}
		return list
	}
	prometheus.NewRegistry().MustRegister(collector.New(directors, collector.Options{}))
}
