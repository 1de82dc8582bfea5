//go:build lab

package e2e

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

const nodeExporterMetrics = "http://127.0.0.1:9100/metrics"

// alike adds to everyKind what node_exporter does not tell apart: a real server
// of an IPv4 mark from one of an IPv6 mark, those of SCTP from others. The
// service at port 82 is for connections that stay.
const alike = `
	-a -f 258 -6 -r 10.0.2.11:0 -i -w 40
	-A --sctp-service 10.0.1.100:9001 -s rr
	-a --sctp-service 10.0.1.100:9001 -r 10.0.2.11:8080 -m -w 6
	-A --sctp-service [fd00:1::100]:9001 -s rr
	-a --sctp-service [fd00:1::100]:9001 -r [fd00:2::11]:8080 -m -w 7
	-A -t 10.0.1.100:82 -s rr
	-a -t 10.0.1.100:82 -r 10.0.2.11:82 -m
`

// What node_exporter itself shows of a director is what the exporter shows by
// its names, line for line, through either of the kernel's interfaces.
func TestNodeExporterNames(t *testing.T) {
	sh(t, "nat.sh 3")
	sh(t, "modprobe ip_vs_pe_sip")
	ipvsadm(t, "director", everyKind+alike)
	shIn(t, "director", "iptables -t mangle -A PREROUTING -d 10.0.1.100 -p tcp --dport 8080 -j MARK --set-mark 258")
	startNodeExporter(t, "director")
	answer(t, "server1", "udp", "10.0.2.11:53")
	answer(t, "server1", "tcp", "10.0.2.11:82")
	load(t, "http://10.0.1.100:80/", 6)
	load(t, "http://[fd00:1::100]:80/", 4)
	load(t, "http://10.0.1.100:8080/", 2)
	expectAnswers(t, visit("client", "udp", "10.0.1.100:53", 5), answers{"server1": 5})
	hold(t, "client", "tcp", "10.0.1.100:82", 3)
	for _, source := range []ipvs.Source{ipvs.Netlink, ipvs.Procfs} {
		t.Run(string(source), func(t *testing.T) {
			startExporter(t, "director", "--compat.node-exporter", "--ipvs.source="+string(source))
			eventually(t, func() error { return sameNodeLines(t) })
		})
	}
}

// startNodeExporter runs it in a network namespace until the test ends. It does
// not end by itself when it is asked to.
func startNodeExporter(t *testing.T, namespace string) {
	t.Helper()
	cmd := exec.Command("node_exporter", "--web.listen-address=127.0.0.1:9100", "--collector.disable-defaults", "--collector.ipvs")
	if err := inNetns(namespace, cmd.Start); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	eventually(t, func() error {
		answer, err := client(namespace).Get(nodeExporterMetrics)
		if err != nil {
			return err
		}
		return answer.Body.Close()
	})
}

// sameNodeLines compares both programs' lines, and says what is missing in
// those that it compares.
func sameNodeLines(t *testing.T) error {
	t.Helper()
	before := nodeLines(get(t, "director", nodeExporterMetrics))
	got := nodeLines(get(t, "director", exporterMetrics))
	want := nodeLines(get(t, "director", nodeExporterMetrics))
	if !slices.Equal(before, want) {
		return fmt.Errorf("node_exporter's lines are still changing")
	}
	for _, line := range []string{
		"node_ipvs_connections_total 20\n",
		`node_ipvs_backend_connections_active{local_address="10.0.1.100",local_mark="",local_port="82",proto="TCP",remote_address="10.0.2.11",remote_port="82"} 3` + "\n",
		`node_ipvs_backend_connections_inactive{local_address="10.0.1.100",local_mark="",local_port="53",proto="UDP",remote_address="10.0.2.11",remote_port="53"} 5` + "\n",
		`node_ipvs_backend_weight{local_address="",local_mark="00000102",local_port="0",proto="FWM",remote_address="10.0.2.11",remote_port="0"} 41` + "\n",
		`node_ipvs_backend_weight{local_address="fd00:1::100",local_mark="",local_port="80",proto="TCP",remote_address="10.0.2.11",remote_port="80"} 0` + "\n",
	} {
		if !slices.Contains(want, line) {
			return fmt.Errorf("node_exporter has no line %q in\n%s", line, strings.Join(want, ""))
		}
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("got\n%s\nwant\n%s", strings.Join(got, ""), strings.Join(want, ""))
	}
	return nil
}

// nodeLines returns the lines of node_exporter's names, sorted, with their types
// and without the help, which leads elsewhere here.
func nodeLines(text string) []string {
	lines := slices.DeleteFunc(strings.SplitAfter(text, "\n"), func(line string) bool {
		return !strings.Contains(line, "node_ipvs_") || strings.HasPrefix(line, "# HELP")
	})
	slices.Sort(lines)
	return lines
}
