//go:build lab

package e2e

import (
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// Rules as Docker's engines make them, and some that mark no single address.
const (
	olderEngine = `set -e
		iptables -t mangle -A OUTPUT -d 10.0.0.2/32 -j MARK --set-mark 0x102
		iptables -t mangle -A OUTPUT -d 10.0.0.9/32 -j MARK --set-mark 0x104`
	newerEngine = `set -e
		iptables -t mangle -A INPUT -d 10.0.1.3/32 -j MARK --set-mark 0x103
		iptables -t mangle -A INPUT -d 10.0.0.5/32 -j MARK --set-mark 0x100
		iptables -t mangle -A PREROUTING -p tcp -m tcp --dport 8080 -j MARK --set-mark 0x100`
	noise = `set -e
		iptables -t mangle -A INPUT -d 10.0.2.0/24 -j MARK --set-mark 0x200
		iptables -t mangle -A INPUT -d 10.0.2.2/31 -j MARK --set-mark 0x200
		iptables -t mangle -A INPUT ! -d 10.0.2.1/32 -j MARK --set-mark 0x200
		iptables -t mangle -A INPUT -s 10.0.2.1/32 -j MARK --set-mark 0x200
		iptables -t mangle -A INPUT -d 10.0.2.1/32 -j MARK --and-mark 0xff
		iptables -t mangle -A INPUT -d 10.0.2.1/32 -j ACCEPT
		iptables -t nat -A POSTROUTING -m ipvs --ipvs -d 10.0.2.0/24 -j SNAT --to-source 10.0.2.9
		iptables -t filter -A INPUT -d 10.0.2.1/32 -p tcp -m multiport --dports 1,2 -m comment --comment "a -j MARK" -j DROP`
	otherForms = `set -e
		iptables -t mangle -N DOCKER
		iptables -t mangle -A DOCKER -d 10.0.3.1/32 -p udp -m udp --dport 53 -j MARK --or-mark 0x300
		iptables -t mangle -A DOCKER -d 10.0.3.2 -j MARK --set-xmark 0x301/0xfff
		ip6tables -t mangle -A PREROUTING -d fd00::2/128 -j MARK --set-mark 0x102
		ip6tables -t mangle -A PREROUTING -d fd00::/64 -j MARK --set-mark 0x104`
	native = `set -e
		nft add table inet marks
		nft add chain inet marks early '{type filter hook prerouting priority mangle;}'
		nft add rule inet marks early ip daddr 10.0.4.1 tcp dport 80 meta mark set 0x400
		nft add rule inet marks early ip6 daddr fd00::4:1 meta mark set 0x400
		nft add rule inet marks early ip daddr 10.0.4.0/24 meta mark set 0x401
		nft add rule inet marks early ip daddr '{10.0.4.2, 10.0.4.3}' meta mark set 0x402`

	wantDocker = "fwm/256 [10.0.0.5], fwm/258 [10.0.0.2], fwm/259 [10.0.1.3], fwm/260 [10.0.0.9]"
	wantForms  = "fwm/768 [10.0.3.1], fwm/769 [10.0.3.2], fwm6/258 [fd00::2]"
)

func TestMarks(t *testing.T) {
	legacy := strings.NewReplacer("ip6tables", "ip6tables-legacy", "iptables", "iptables-legacy").Replace
	tests := []struct{ name, script, want string }{
		{"no rules", "", ""},
		{"noise", noise, ""},
		{"noise, legacy", legacy(noise), ""},
		{"engines", olderEngine + "\n" + noise + "\n" + newerEngine, wantDocker},
		{"engines, legacy", legacy(olderEngine + "\n" + noise + "\n" + newerEngine), wantDocker},
		{"forms", otherForms, wantForms},
		{"forms, legacy", legacy(otherForms), wantForms},
		{"older with legacy, newer with nft", legacy(olderEngine) + "\n" + newerEngine, wantDocker},
		{"native", native, "fwm/1024 [10.0.4.1], fwm6/1024 [fd00::4:1]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			enterNetns(t)
			sh(t, test.script)
			if got := readMarks(t); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// readMarks returns the marks of the calling thread's network namespace.
func readMarks(t *testing.T) string {
	t.Helper()
	got, err := ipvs.NewClient(ipvs.Options{}).Marks()
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, id := range slices.SortedFunc(maps.Keys(got), ipvs.ServiceID.Compare) {
		texts = append(texts, fmt.Sprint(id, " ", got[id]))
	}
	return strings.Join(texts, ", ")
}

// Who asks for marks where nothing of netfilter is loaded, or not the part that
// matters, changes nothing.
func TestMarksLoadNothing(t *testing.T) {
	tests := []struct{ name, script string }{
		{"nothing loaded", ""},
		{"netfilter's netlink", "modprobe nf_conntrack_netlink"},
		{"nf_tables", "modprobe nf_tables"},
		{"tables of another namespace", "modprobe -a iptable_mangle ip6table_mangle nf_tables"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			unloadNetfilter(t)
			enterNetns(t)
			sh(t, test.script)
			const state = "lsmod | awk '{print $1}' | sort; cat /proc/thread-self/net/ip*_tables_names 2>&1 || true"
			before := sh(t, state)
			if got := readMarks(t); got != "" {
				t.Errorf("marks %s in a fresh namespace", got)
			}
			if after := sh(t, state); after != before {
				t.Errorf("before\n%s\nafter\n%s", before, after)
			}
		})
	}
}

// unloadNetfilter unloads what the marks are read through, with all that uses
// it.
func unloadNetfilter(t *testing.T) {
	t.Helper()
	eventually(t, func() error { // namespaces of earlier tests are taken down behind their back
		out, err := exec.Command("sh", "-c", `
			for i in 1 2 3 4; do
				for m in $(lsmod | awk '/^(nft?_|ip6?_?table|ip_vs|xt_|x_tables|nfnetlink)/{print $1}'); do rmmod $m; done
			done 2>/dev/null
			! lsmod | grep -E '^(nf_tables|nfnetlink|ip6?_tables) '`).CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%w\n%s", err, out)
		}
		return err
	})
}

func TestMarksNotPermitted(t *testing.T) {
	enterNetns(t)
	sh(t, "modprobe nf_tables")
	dropNetAdmin(t)
	_, err := ipvs.NewClient(ipvs.Options{}).Marks()
	if want := "ipvs: read firewall marks: " + ipvs.ErrNotPermitted.Error(); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// BenchmarkMarks reads the rules of a network with 100 services.
func BenchmarkMarks(b *testing.B) {
	for _, program := range []string{"iptables", "iptables-legacy"} {
		b.Run(program, func(b *testing.B) {
			enterNetns(b)
			var rules strings.Builder
			rules.WriteString("*mangle\n")
			for i := range 100 {
				fmt.Fprintf(&rules, "-A INPUT -d 10.0.0.%d/32 -j MARK --set-mark %d\n", i, 256+i)
			}
			rules.WriteString("COMMIT\n")
			sh(b, program+"-restore <<EOF\n"+rules.String()+"EOF")
			c := ipvs.NewClient(ipvs.Options{})
			b.ReportAllocs()
			for b.Loop() {
				if got, err := c.Marks(); err != nil || len(got) != 100 {
					b.Fatalf("%d marks, %v", len(got), err)
				}
			}
		})
	}
}
