//go:build lab

package e2e

import (
	"encoding/binary"
	"net"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/director"
)

// frames puts packets on a director's wire, of clients and real servers that
// nobody needs to be: each packet is sent when the test says so, and answers go
// nowhere. Thousands take a second, where connections of sockets take minutes.
type frames struct {
	socket   int
	to       unix.SockaddrLinklayer
	receiver net.PacketConn // a socket of the director
}

// directorMAC and nobodyMAC are the link addresses of the director and of what
// it takes for the way to all clients.
const directorMAC, nobodyMAC = "02:00:00:00:00:01", "02:00:00:00:00:99"

// wireDirector makes a director whose clients are 10.3.0.0/16 and fd03::/64,
// whose virtual services may have any address of 10.8.0.0/16 and fd08::/64, and
// whose real servers any of 10.9.0.0/24 and fd09::/64. Packets to 10.8.N.* and
// fd08::N:* get the firewall mark N where N is 1 to 9.
func wireDirector(t *testing.T) *frames {
	t.Helper()
	sh(t, `. "$(command -v lib.sh)"
		modprobe ip_vs
		clear_network
		ip netns add director
		ip netns add client
		ip -batch - <<END
link add wan0 netns director address `+directorMAC+` type veth peer name wan0 netns client
END
		ip -n client link set wan0 up
		ip -n director -batch - <<END
link add lan0 type dummy
link set lan0 arp off up
link set lo up
link set wan0 up
addr add 10.0.1.1/24 dev wan0
addr add fd00:1::1/64 dev wan0 nodad
addr add 10.9.0.254/24 dev lan0
addr add fd09::ffff/64 dev lan0 nodad
neigh add 10.0.1.2 lladdr `+nobodyMAC+` dev wan0 nud permanent
neigh add fd00:1::2 lladdr `+nobodyMAC+` dev wan0 nud permanent
route add 10.3.0.0/16 via 10.0.1.2
route add fd03::/64 via fd00:1::2
route add local 10.8.0.0/16 dev lo
route add local fd08::/64 dev lo
END`)
	shIn(t, "director", `
		sysctl -wq net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
		sysctl -wq net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.wan0.rp_filter=0
		nft -f - <<END
table inet marks {
	chain prerouting {
		type filter hook prerouting priority mangle
		$(for n in 1 2 3 4 5 6 7 8 9; do
			echo "ip daddr 10.8.$n.0/24 meta mark set $n"
			echo "ip6 daddr fd08::$n:0/112 meta mark set $n"
		done)
	}
}
END`)
	return openFrames(t)
}

func openFrames(t *testing.T) *frames {
	t.Helper()
	f := &frames{}
	err := inNetns("client", func() (err error) {
		link, err := net.InterfaceByName("wan0")
		if err != nil {
			return err
		}
		f.to = unix.SockaddrLinklayer{Ifindex: link.Index}
		f.socket, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(f.socket) })
	err = inNetns("director", func() (err error) {
		f.receiver, err = net.ListenPacket("udp", "10.0.1.1:0")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.receiver.Close() })
	return f
}

// inOrder keeps the test on one processor, so that frames arrive in the order
// in which they were sent.
func inOrder(t *testing.T) {
	t.Helper()
	runtime.LockOSThread()
	var before, one unix.CPUSet
	one.Set(0)
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		t.Fatal(err)
	}
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = unix.SchedSetaffinity(0, &before)
		runtime.UnlockOSThread()
	})
}

// send puts a packet on the wire.
func (f *frames) send(t *testing.T, protocol ipvs.Protocol, from, to netip.AddrPort, kind director.Segment) {
	t.Helper()
	frame := frameOf(protocol, from, to, kind)
	if err := unix.Sendto(f.socket, frame, 0, &f.to); err != nil {
		t.Fatal(err)
	}
}

// arrive waits until the director has taken all packets that were sent, by one
// to the director itself behind them. A busy kernel takes packets later than
// edits that were made after them, and those that no server gets leave no trace.
func (f *frames) arrive(t *testing.T) {
	t.Helper()
	f.send(t, ipvs.UDP, netip.MustParseAddrPort("10.3.255.2:1000"), f.receiver.LocalAddr().(*net.UDPAddr).AddrPort(), director.SYN)
	if err := f.receiver.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.receiver.ReadFrom(make([]byte, 64)); err != nil {
		t.Fatal(err)
	}
}

// frameOf makes an Ethernet frame. IPVS reads no checksum but that of IPv4's
// header.
func frameOf(protocol ipvs.Protocol, from, to netip.AddrPort, kind director.Segment) []byte {
	payload := transport(protocol, from.Port(), to.Port(), kind)
	mac, _ := net.ParseMAC(directorMAC)
	frame := append(mac, 2, 0, 0, 0, 0, 2)
	if from.Addr().Is4() {
		frame = append(frame, 0x08, 0x00)
		frame = append(frame, header4(protocol, from.Addr(), to.Addr(), len(payload))...)
	} else {
		frame = append(frame, 0x86, 0xdd)
		frame = append(frame, header6(protocol, from.Addr(), to.Addr(), len(payload))...)
	}
	return append(frame, payload...)
}

func header4(protocol ipvs.Protocol, from, to netip.Addr, payload int) []byte {
	h := make([]byte, 12, 20)
	h[0], h[8], h[9] = 4<<4|5, 64, byte(protocol)
	binary.BigEndian.PutUint16(h[2:], uint16(20+payload))
	h = append(append(h, from.AsSlice()...), to.AsSlice()...)
	sum := uint32(0)
	for i := 0; i < len(h); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(h[i:]))
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	binary.BigEndian.PutUint16(h[10:], ^uint16(sum))
	return h
}

func header6(protocol ipvs.Protocol, from, to netip.Addr, payload int) []byte {
	h := make([]byte, 8, 40)
	h[0], h[6], h[7] = 6<<4, byte(protocol), 64
	binary.BigEndian.PutUint16(h[4:], uint16(payload))
	return append(append(h, from.AsSlice()...), to.AsSlice()...)
}

// transport is the packet without its IP header.
func transport(protocol ipvs.Protocol, from, to uint16, kind director.Segment) []byte {
	ports := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, from), to)
	switch protocol {
	case ipvs.UDP:
		return append(ports, 0, 12, 0, 0, 'p', 'i', 'n', 'g')
	case ipvs.SCTP:
		chunks := []byte{0, 1, 2, 10, 11, 7, 8, 14, 9, 6} // RFC 9260, by director.Segment
		return append(ports, 0, 0, 0, 1, 0, 0, 0, 0, chunks[kind], 0, 0, 4)
	}
	flags := []byte{director.SYN: 0x02, director.FIN: 0x11, director.ACK: 0x10, director.RST: 0x04}
	h := make([]byte, 16)
	h[8], h[9] = 5<<4, flags[kind]
	return append(ports, h...)
}
