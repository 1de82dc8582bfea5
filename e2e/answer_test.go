//go:build lab

package e2e

import (
	"fmt"
	"io"
	"net"
	"testing"
)

// answer starts a real server in a network namespace, until the end of the
// test. It tells each client its own name, the namespace's, and the
// address from which it sees the client, and closes after the client.
func answer(t *testing.T, namespace, network, address string) {
	t.Helper()
	var socket io.Closer
	err := inNetns(namespace, func() (err error) {
		socket, err = listen(network, address)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	switch s := socket.(type) {
	case net.Listener:
		go answerConnections(s, namespace)
	case net.PacketConn:
		go answerPackets(s, namespace)
	}
	t.Cleanup(func() { _ = socket.Close() })
}

func listen(network, address string) (io.Closer, error) {
	switch network {
	case "udp":
		return net.ListenPacket(network, address)
	case "sctp":
		return listenSCTP(address)
	}
	return net.Listen(network, address)
}

func answerConnections(l net.Listener, name string) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return // stopped
		}
		go func() {
			defer conn.Close()
			fmt.Fprintln(conn, name, conn.RemoteAddr())
			_, _ = io.Copy(io.Discard, conn)
		}()
	}
}

func answerPackets(p net.PacketConn, name string) {
	question := make([]byte, 1)
	for {
		_, peer, err := p.ReadFrom(question)
		if err != nil {
			return // stopped
		}
		_, _ = p.WriteTo(fmt.Appendln(nil, name, peer), peer)
	}
}
