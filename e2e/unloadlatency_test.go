//go:build lab

package e2e

import (
	"fmt"
	"testing"

	"golang.org/x/sys/unix"
)

// An exporter that starts before the kernel's module is there measures once it
// is, in each of its network namespaces, and holds the module from then on.
func TestLatencies(t *testing.T) {
	const service, server = "tcp/10.0.1.100:80", "10.0.2.11:8080"
	clearNetwork := func() { sh(t, ". lib.sh; clear_network") }
	clearNetwork()
	t.Cleanup(clearNetwork) // a virtual service holds the module too
	sh(t, removeModule)
	startIn(t, "", "ipvs-exporter --web.listen-address=127.0.0.1:9975 --collector.latency --ipvs.netns=/run/netns/director", exporterMetrics)
	success := `ipvs_scrape_collector_success{collector="latency"}`
	if got := scrape(t, "", exporterMetrics, "ipvs_"); got.text(success) != "0" {
		t.Errorf("without the module %s is %s", success, got.text(success))
	}
	sh(t, "nat.sh 1")
	ipvsadm(t, "director", "-A -t 10.0.1.100:80 -s rr\n-a -t 10.0.1.100:80 -r "+server+" -m")
	eventually(t, func() error {
		if got := scrape(t, "", exporterMetrics, "ipvs_"); got[success] != 1 {
			return fmt.Errorf("%s is %s", success, got.text(success))
		}
		return nil
	})
	if got := scrape(t, "", exporterMetrics, "ipvs_"); got[`ipvs_latency_info{attached="fentry"}`] != 1 {
		t.Error("it does not tell what it is attached by")
	}
	if got := load(t, "http://10.0.1.100/", 5); got.Errors != 0 {
		t.Fatalf("%d errors", got.Errors)
	}
	got := scrape(t, "", exporterMetrics, "ipvs_").of("director")
	connects := ofServer("connect_seconds_count", service, server)
	responses := series("ipvs_server_response_seconds_count", "service", service, "server", server, "estimator", "first_byte")
	lost := got[series("ipvs_latency_lost_total", "reason", "request_repeated")] + got[series("ipvs_latency_lost_total", "reason", "syn_repeated")]
	if got[connects]+lost < 5 || got[responses]+lost < 5 || got[connects] > 5 || got[responses] > 5 {
		t.Errorf("%s is %s, %s is %s, %v lost; want 5 of each", connects, got.text(connects), responses, got.text(responses), lost)
	}
	if sum := got[ofServer("connect_seconds_sum", service, server)]; sum <= 0 {
		t.Errorf("the connections took %v s", sum)
	}
	startConfined(t, "director", "ipvs-exporter --web.listen-address=127.0.0.1:9975 --collector.latency", exporterMetrics, unix.CAP_NET_ADMIN, unix.CAP_SYS_ADMIN)
	if got := scrape(t, "director", exporterMetrics, "ipvs_"); got[success] != 1 {
		t.Errorf("with the unit's capabilities %s is %s", success, got.text(success))
	}
	if out := sh(t, "rmmod ip_vs 2>&1 || true"); out == "" {
		t.Error("the module is gone while it is used")
	}
}
