package main

// program is what the packages of the two programs differ in.
type program struct {
	name        string
	summary     string            // without a full stop, and no longer than dpkg lists
	description string            // lines of text
	listens     string            // port
	shared      map[string]string // file of the source to its place in /usr/share/NAME
	examples    string            // folder of the source, for /usr/share/doc/NAME/examples
	dirs        []string          // empty ones
}

func programs() []program {
	return []program{
		{
			name:    "ipvs-exporter",
			summary: "Prometheus exporter of Linux IPVS, the kernel's load balancer",
			description: `Shows Prometheus every virtual service and every real server of a director
with its weight, connections, packets, bytes and thresholds, whoever made
them: keepalived, kube-proxy, Docker Swarm, or ipvsadm by hand.
Dashboards, recording rules and alerts are in /usr/share/ipvs-exporter.`,
			listens: "9975",
			shared: map[string]string{
				"dashboards/directors.json": "dashboards/directors.json",
				"dashboards/service.json":   "dashboards/service.json",
				"alerts/ipvs-exporter.yaml": "alerts/ipvs-exporter.yaml",
			},
		},
		{
			name:    "weight-tuner",
			summary: "tune the weights of IPVS real servers to what they bear",
			description: `Moves the weights of the real servers of Linux IPVS, the kernel's load
balancer, to what they bear: it sees from the director's own counters, from
probes or from a Prometheus how long each server's clients wait.
It does not start before there is /etc/weight-tuner/weight-tuner.yaml, and as
weight-tuner init writes that file, nothing is changed.`,
			listens: "9976",
			shared: map[string]string{
				"dashboards/tuner.json":    "dashboards/tuner.json",
				"alerts/weight-tuner.yaml": "alerts/weight-tuner.yaml",
			},
			examples: "examples/scenarios",
			dirs:     []string{"etc/weight-tuner"},
		},
	}
}
