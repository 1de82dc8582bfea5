package main

// program is what the packages of the two programs differ in.
type program struct {
	name        string
	summary     string            // without a full stop
	description string            // lines of text
	port        string            // that it listens on
	files       map[string]string // what else of the source is installed, and as what
	examples    string            // folder of the source that goes to /usr/share/doc/NAME
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
			port: "9975",
			files: map[string]string{
				"dashboards/directors.json":               "usr/share/ipvs-exporter/dashboards/directors.json",
				"dashboards/service.json":                 "usr/share/ipvs-exporter/dashboards/service.json",
				"alerts/ipvs-exporter.yaml":               "usr/share/ipvs-exporter/alerts/ipvs-exporter.yaml",
				"examples/names.yaml":                     "usr/share/doc/ipvs-exporter/examples/names.yaml",
				"packaging/systemd/drop-ins/latency.conf": "usr/share/doc/ipvs-exporter/examples/drop-ins/latency.conf",
				"packaging/systemd/drop-ins/netns.conf":   "usr/share/doc/ipvs-exporter/examples/drop-ins/netns.conf",
				"packaging/systemd/drop-ins/procfs.conf":  "usr/share/doc/ipvs-exporter/examples/drop-ins/procfs.conf",
			},
		},
		{
			name:    "weight-tuner",
			summary: "tune the weights of IPVS real servers to what they bear",
			description: `Moves the weights of the real servers of Linux IPVS, the kernel's load
balancer, to what they bear: it sees from the packets that the director
forwards, from its own counters, from probes or from a Prometheus how long
each server's clients wait.
It does not start before there is /etc/weight-tuner/weight-tuner.yaml, and as
weight-tuner init writes that file, nothing is changed.`,
			port: "9976",
			files: map[string]string{
				"dashboards/tuner.json":                   "usr/share/weight-tuner/dashboards/tuner.json",
				"alerts/weight-tuner.yaml":                "usr/share/weight-tuner/alerts/weight-tuner.yaml",
				"packaging/systemd/drop-ins/latency.conf": "usr/share/doc/weight-tuner/examples/drop-ins/latency.conf",
				"packaging/systemd/drop-ins/netns.conf":   "usr/share/doc/weight-tuner/examples/drop-ins/netns.conf",
			},
			examples: "examples/scenarios",
			dirs:     []string{"etc/weight-tuner"},
		},
	}
}
