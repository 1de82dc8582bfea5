package tuner

import "github.com/prometheus/client_golang/prometheus"

// scalingDescs describes the gauges of virtual services.
type scalingDescs struct{ demand, capacity, utilization, desired *prometheus.Desc }

func newScalingDescs() scalingDescs {
	describe := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc(metricPrefix+name, help, []string{"netns", "service"}, nil)
	}
	return scalingDescs{
		demand:      describe("service_demand_requests_per_second", "Requests that come to the virtual service, smoothed."),
		capacity:    describe("service_capacity_requests_per_second", "Requests that its available real servers can answer."),
		utilization: describe("service_utilization_ratio", "Demand over capacity."),
		desired:     describe("service_desired_servers", "Real servers that the virtual service needs to be used to the target."),
	}
}

func (d scalingDescs) describe(descs chan<- *prometheus.Desc) {
	descs <- d.demand
	descs <- d.capacity
	descs <- d.utilization
	descs <- d.desired
}

// collect sends the gauges of a service, without those that are not known.
func (d scalingDescs) collect(netns string, p ServicePlan, metrics chan<- prometheus.Metric) {
	a := p.Autoscaling
	if a == nil {
		return
	}
	gauge := func(desc *prometheus.Desc, value float64) {
		metrics <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value,
			netns, p.Service.String())
	}
	gauge(d.demand, a.Demand)
	if a.Capacity != nil {
		gauge(d.capacity, *a.Capacity)
	}
	if a.Utilization != nil {
		gauge(d.utilization, *a.Utilization)
	}
	if a.Desired != nil {
		gauge(d.desired, float64(*a.Desired))
	}
}
