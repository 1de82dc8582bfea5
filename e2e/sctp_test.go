//go:build lab

package e2e

import (
	"net"
	"net/netip"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// Go has no SCTP of its own, but it takes a stream socket of any protocol for
// one of TCP.

func listenSCTP(address string) (net.Listener, error) {
	f, err := sctpSocket(address, func(socket int, a unix.Sockaddr) error {
		if err := unix.Bind(socket, a); err != nil {
			return err
		}
		return unix.Listen(socket, 16)
	})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return net.FileListener(f)
}

func dialSCTP(address string) (net.Conn, error) {
	f, err := sctpSocket(address, func(socket int, a unix.Sockaddr) error {
		limit := unix.NsecToTimeval(patience.Nanoseconds())
		if err := unix.SetsockoptTimeval(socket, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &limit); err != nil {
			return err
		}
		return unix.Connect(socket, a)
	})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return net.FileConn(f)
}

func sctpSocket(address string, use func(socket int, a unix.Sockaddr) error) (*os.File, error) {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_SCTP)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	f := os.NewFile(uintptr(socket), "sctp "+address)
	if err := use(socket, &unix.SockaddrInet4{Addr: a.Addr().As4(), Port: int(a.Port())}); err != nil {
		f.Close()
		return nil, &net.OpError{Op: "sctp", Net: "sctp", Err: err}
	}
	return f, nil
}

// Connections of SCTP have names and counters like any other.
func TestSCTP(t *testing.T) {
	const service = "sctp/10.0.1.100:9000"
	sh(t, "nat.sh 2")
	ipvsadm(t, "director", `
		-A --sctp-service 10.0.1.100:9000 -s rr
		-a --sctp-service 10.0.1.100:9000 -r 10.0.2.11:9000 -m
		-a --sctp-service 10.0.1.100:9000 -r 10.0.2.12:9000 -m`)
	director := startExporter(t, "director")
	answer(t, "server1", "sctp", "10.0.2.11:9000")
	answer(t, "server2", "sctp", "10.0.2.12:9000")
	hold(t, "client", "sctp", "10.0.1.100:9000", 1)
	expectAnswers(t, visit("client", "sctp", "10.0.1.100:9000", 5), answers{"server1": 3, "server2": 2})
	director.agree(t, samples{
		ofService("connections_total", service):                  6,
		ofServer("connections_total", service, "10.0.2.11:9000"): 3,
		ofServer("connections_total", service, "10.0.2.12:9000"): 3,
		ofService("active_connections", service):                 1,
		ofService("inactive_connections", service):               5,
	})
}
