//go:build lab

package e2e

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	moby "github.com/moby/ipvs"
)

// everyKind has every kind of service and server that ipvsadm can make.
const everyKind = `
	-A -t 10.0.1.100:80 -s wrr
	-a -t 10.0.1.100:80 -r 10.0.2.11:8080 -m -w 2 -x 3 -y 2
	-a -t 10.0.1.100:80 -r 10.0.2.13:8080 -m -w 0
	-a -t 10.0.1.100:80 -r 10.0.2.12:8080 -m -w 65535 -x 500
	-A -t 10.0.1.100:0 -s wlc -p 300
	-a -t 10.0.1.100:0 -r 10.0.2.11:0 -g
	-A -t [fd00:1::100]:80 -s wlc -p 60 -M 64
	-a -t [fd00:1::100]:80 -r [fd00:2::11]:8080 -m -w 3
	-a -t [fd00:1::100]:80 -r 10.0.2.11:80 -i
	-A -t 10.0.1.100:81 -s sed -p 300 -M 255.255.255.0
	-a -t 10.0.1.100:81 -r 10.0.2.11:8080 -m -w 5
	-A -t 10.0.1.100:443 -s sh -b sh-port
	-A -u 10.0.1.100:53 -s mh -b mh-fallback,mh-port
	-a -u 10.0.1.100:53 -r 10.0.2.11:53 -m
	-A -u 10.0.1.100:514 -s rr -o
	-a -u 10.0.1.100:514 -r 10.0.2.11:514 -g
	-A -u 10.0.1.100:5060 -s rr -p 30 --pe sip -o
	-a -u 10.0.1.100:5060 -r 10.0.2.11:5060 -m
	-A --sctp-service 10.0.1.100:9000 -s lc -b flag-1,flag-3
	-a --sctp-service 10.0.1.100:9000 -r 10.0.2.11:9000 -i --tun-type gue --tun-port 6080
	-a --sctp-service 10.0.1.100:9000 -r 10.0.2.12:9000 -i --tun-type gue --tun-port 6081 --tun-csum
	-a --sctp-service 10.0.1.100:9000 -r 10.0.2.13:9000 -i --tun-type gue --tun-port 6082 --tun-remcsum
	-a --sctp-service 10.0.1.100:9000 -r 10.0.2.14:9000 -i --tun-type gre
	-a --sctp-service 10.0.1.100:9000 -r 10.0.2.15:9000 -i --tun-type gre --tun-csum
	-A -f 258 -s rr
	-a -f 258 -r 10.0.2.11:0 -m
	-a -f 258 -r 10.0.2.11:8080 -m
	-A -f 258 -6 -s nq -p 60
	-a -f 258 -6 -r [fd00:2::11]:0 -m -w 9
	-A -f 2147483647 -s none
`

// What weight-tuner saves is what ipvsadm saves, and the thresholds that
// ipvsadm forgets; and it restores the table, servers in their order.
func TestSave(t *testing.T) {
	arrangeEveryKind(t)
	saved := sh(t, "weight-tuner table --format=save")
	expectEqual(t, withoutThresholds(commands(saved)), commands(sh(t, "ipvsadm -S -n")))
	before, table := listAll(t), tableServices(t)
	sh(t, "ipvsadm -C")
	if left := tableServices(t); len(left) > 0 {
		t.Fatalf("after ipvsadm -C: %v", left)
	}
	ipvsadm(t, "", saved)
	expectEqual(t, listAll(t), before)
	expectEqual(t, tableServices(t), table)
}

// A server with the forwarding method local, which ipvsadm cannot set, does not
// keep the others from being restored.
func TestSaveLocal(t *testing.T) {
	arrangeEveryKind(t)
	handle, err := moby.New("")
	if err != nil {
		t.Fatal(err)
	}
	defer handle.Close()
	services, err := handle.GetServices()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(services, func(s *moby.Service) bool { return s.Port == 443 })
	local := &moby.Destination{Address: []byte{127, 0, 0, 1}, Port: 443, Weight: 1, ConnectionFlags: moby.ConnectionFlagLocalNode}
	if err := handle.NewDestination(services[i], local); err != nil {
		t.Fatal(err)
	}
	server := [2]string{"tcp/10.0.1.100:443", "127.0.0.1:443"}
	if got := list(t, "", "").servers[server]; got[0] != "Local" {
		t.Fatalf("the server's forwarding method is %s, want Local", got[0])
	}
	saved := sh(t, "weight-tuner table --format=save")
	want := list(t, "", "").servers
	sh(t, "ipvsadm -C")
	ipvsadm(t, "", saved)
	want[server][0] = "Route"
	expectEqual(t, list(t, "", "").servers, want)
}

// arrangeEveryKind gives the test a namespace of its own with such a table.
func arrangeEveryKind(t *testing.T) {
	t.Helper()
	sh(t, "modprobe -a ip_vs ip_vs_pe_sip")
	enterNetns(t)
	ipvsadm(t, "", everyKind)
}

// commands reads commands of ipvsadm, one a line, by what they are about: for
// each its options in any order, with "" for one without a value.
func commands(script string) map[string]map[string]string {
	all := map[string]map[string]string{}
	for line := range strings.Lines(script) {
		options, option := map[string]string{}, ""
		for word := range strings.FieldsSeq(line) {
			if strings.HasPrefix(word, "-") {
				option, word = word, ""
			}
			options[option] = word
		}
		delete(options, "--tun-nocsum") // both as without them
		if options["--tun-type"] == "ipip" {
			delete(options, "--tun-type")
		}
		subject, _, _ := strings.Cut(line, " -s ")
		subject, _, _ = strings.Cut(subject, " -w ")
		all[subject] = options
	}
	return all
}

func withoutThresholds(commands map[string]map[string]string) map[string]map[string]string {
	for _, options := range commands {
		delete(options, "-x")
		delete(options, "-y")
	}
	return commands
}

// listAll is all that ipvsadm prints of the table, by the listing's option.
func listAll(t *testing.T) map[string]listing {
	t.Helper()
	all := map[string]listing{}
	for _, options := range []string{"--thresholds", "--tun-info", "--persistent-conn"} {
		all[options] = list(t, "", options)
	}
	return all
}

// tableServices is weight-tuner's own form of the table, by service.
func tableServices(t *testing.T) map[string]any {
	t.Helper()
	var table struct{ Services []map[string]any }
	if err := json.Unmarshal([]byte(sh(t, "weight-tuner table --format=json")), &table); err != nil {
		t.Fatal(err)
	}
	services := map[string]any{}
	for _, s := range table.Services {
		services[s["service"].(string)] = s
	}
	return services
}

func expectEqual[K comparable, V any](t *testing.T, got, want map[K]V) {
	t.Helper()
	for key := range want {
		if !reflect.DeepEqual(got[key], want[key]) {
			t.Errorf("%v: got %v, want %v", key, got[key], want[key])
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d, want %d", len(got), len(want))
	}
}
