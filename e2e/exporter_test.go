//go:build lab

package e2e

import "testing"

// arrangeEverything makes a table with every kind of service, sends traffic,
// and leaves a director that has all that ipvsadm can list.
func arrangeEverything(t *testing.T) {
	t.Helper()
	sh(t, "nat.sh 3")
	sh(t, `set -e
		v() { ip netns exec director ipvsadm "$@"; }
		v -A -t 10.0.1.100:80 -s wrr
		v -a -t 10.0.1.100:80 -r 10.0.2.11:8080 -m -w 2 -x 3 -y 2
		v -a -t 10.0.1.100:80 -r 10.0.2.12:8080 -m -w 1 -x 500
		v -a -t 10.0.1.100:80 -r 10.0.2.13:8080 -m -w 0
		v -A -t [fd00:1::100]:80 -s wlc -p 60 -M 64
		v -a -t [fd00:1::100]:80 -r [fd00:2::11]:8080 -m -w 3
		v -a -t [fd00:1::100]:80 -r [fd00:2::12]:8080 -m -w 4
		v -A -t 10.0.1.100:81 -s sed -p 300 -M 255.255.255.0
		v -a -t 10.0.1.100:81 -r 10.0.2.11:8080 -m -w 5
		v -A -u 10.0.1.100:53 -s mh -b mh-fallback,mh-port
		v -a -u 10.0.1.100:53 -r 10.0.2.11:53 -m
		v -A -u 10.0.1.100:514 -s rr -o
		v -a -u 10.0.1.100:514 -r 10.0.2.11:514 -g
		v -A --sctp-service 10.0.1.100:9000 -s lc
		v -a --sctp-service 10.0.1.100:9000 -r 10.0.2.11:9000 -i --tun-type gue --tun-port 6080
		v -A -f 258 -s rr
		v -a -f 258 -r 10.0.2.11:0 -m
		v -A -f 258 -6 -s nq
		v -a -f 258 -6 -r [fd00:2::11]:0 -m -w 9
		v -A -t 10.0.1.100:443 -s sh
		v --set 1000 130 310
		v --start-daemon master --mcast-interface lan0 --syncid 7`)
	load(t, "http://10.0.1.100:80/", 12)
	load(t, "http://10.0.1.100:81/", 5)
	load(t, "http://[fd00:1::100]:80/", 7)
}

func TestExporterAgreesWithIpvsadm(t *testing.T) {
	arrangeEverything(t)
	startExporter(t, "director").agree(t, samples{
		ofService("connections_total", "tcp/10.0.1.100:80"):    12,
		ofService("connections_total", "tcp/10.0.1.100:81"):    5,
		ofService("connections_total", "tcp/[fd00:1::100]:80"): 7,
	})
}
