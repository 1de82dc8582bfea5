//go:build lab

package e2e

import "testing"

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
	-a -t [fd00:1::100]:80 -r 10.0.2.11:80 -i -w 0
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

// arrangeEveryKind gives the test a namespace of its own with such a table.
func arrangeEveryKind(t *testing.T) {
	t.Helper()
	sh(t, "modprobe -a ip_vs ip_vs_pe_sip")
	enterNetns(t)
	ipvsadm(t, "", everyKind)
}
