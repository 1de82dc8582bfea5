package ipvs_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs/ipvstest"
)

func TestSave(t *testing.T) {
	d := ipvstest.NewDirector()
	for _, s := range ipvstest.Services() {
		d.AddService(s)
	}
	table, err := d.Table()
	if err != nil {
		t.Fatal(err)
	}
	table.Services[1].Engine = "sip"
	table.Services[1].Servers[0].Forward = ipvs.Local
	var b strings.Builder
	if err := table.Save(&b); err != nil {
		t.Fatal(err)
	}
	const want = `-A -t 10.0.0.1:80 -s wrr
-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 100 -x 500 -y 400
-a -t 10.0.0.1:80 -r 10.0.0.3:8080 -m -w 65535
-a -t 10.0.0.1:80 -r 10.0.0.4:80 -m -w 0
-A -u 10.0.0.1:53 -s rr --pe sip
-a -u 10.0.0.1:53 -r 10.0.0.2:53 -g -w 1
-A --sctp-service 10.0.0.1:5060 -s wlc
-a --sctp-service 10.0.0.1:5060 -r 10.0.0.2:5060 -m -w 1
-A -t [2001:db8::1]:80 -s wlc
-a -t [2001:db8::1]:80 -r [2001:db8::2]:80 -m -w 3 -x 9 -y 0
-A -t 10.0.0.9:443 -s sh
-A -t 10.0.0.5:80 -s wrr
-a -t 10.0.0.5:80 -r 10.0.0.2:80 -i -w 1 --tun-type ipip
-a -t 10.0.0.5:80 -r 10.0.0.3:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-nocsum
-a -t 10.0.0.5:80 -r 10.0.0.4:80 -i -w 1 --tun-type gre --tun-csum
-a -t 10.0.0.5:80 -r [2001:db8::4]:80 -i -w 1 --tun-type ipip
-A -t 10.0.0.7:21 -s rr -p 300 -M 255.255.255.0
-A -t [2001:db8::7]:21 -s rr -p 300 -M 64
-A -t 10.0.0.8:21 -s rr -p 300
-A -u 10.0.0.1:514 -s mh -o -b mh-fallback,mh-port
-A -f 258 -s rr
-a -f 258 -r 10.0.0.2:0 -m -w 1
-A -f 258 -6 -s rr
-a -f 258 -6 -r [2001:db8::2]:0 -m -w 1
-A -f 4294967295 -s wrr
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	told := []string{"10.0.0.2:53 in udp/10.0.0.1:53: ipvsadm cannot set the forwarding method local; saved as route"}
	if got := table.Unsaved(); !slices.Equal(got, told) {
		t.Errorf("told %q, want %q", got, told)
	}
}
