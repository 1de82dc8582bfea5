package ipvs_test

import (
	"fmt"
	"os"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// The zero Options read the running kernel; these read files that stand in
// for it.
func ExampleClient_Table() {
	client := ipvs.NewClient(ipvs.Options{Proc: "testdata/proc", Source: ipvs.Procfs})
	table, err := client.Table()
	if err != nil {
		fmt.Println(err)
		return
	}
	s := table.Services[0]
	fmt.Println(s.ID, s.Scheduler, s.Persistence, s.Netmask)
	for _, r := range s.Servers {
		fmt.Println(r.ID, r.Forward, r.Weight, r.ActiveConnections)
	}
	// Output:
	// tcp/10.0.0.1:80 wrr 5m0s 255.255.255.0
	// 10.0.0.4:80 masq 0 0
	// 10.0.0.3:8080 tunnel 65535 4294967295
	// 10.0.0.2:80 local 100 1
}

func ExampleTable_Save() {
	service, _ := ipvs.ParseServiceID("tcp/10.0.0.1:80")
	server, _ := ipvs.ParseServerID("10.0.0.2:80")
	table := ipvs.Table{Services: []ipvs.VirtualService{{
		ID: service, Scheduler: "wlc",
		Servers: []ipvs.RealServer{{ID: server, Weight: 5, UpperThreshold: 100}},
	}}}
	if err := table.Save(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// -A -t 10.0.0.1:80 -s wlc
	// -a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 5 -x 100 -y 0
}

func ExampleParseServiceID() {
	for _, text := range []string{"fwm/258", "udp/[2001:db8::1]:53", "tcp/10.0.0.1"} {
		id, err := ipvs.ParseServiceID(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(id, "takes", id.Family())
	}
	// Output:
	// fwm/258 takes ipv4
	// udp/[2001:db8::1]:53 takes ipv6
	// virtual service "tcp/10.0.0.1": "10.0.0.1" is not ADDRESS:PORT
}

func ExampleOverhead() {
	busy := ipvs.RealServer{Weight: 2, ActiveConnections: 10, InactiveConnections: 6}
	cost, ok := ipvs.Overhead("wlc", &busy, 256)
	fmt.Println(cost, ok)
	// Output:
	// 1283 true
}
