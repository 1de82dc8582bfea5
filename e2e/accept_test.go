//go:build lab

package e2e

import (
	"net"
	"testing"
)

// acceptIn serves each connection to an address in a namespace by itself until
// stop is called. at is the address, with its port.
func acceptIn(t *testing.T, namespace, network, address string, serve func(net.Conn)) (at net.Addr, stop func()) {
	t.Helper()
	var listener net.Listener
	err := inNetns(namespace, func() (err error) {
		listener, err = net.Listen(network, address)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // stopped
			}
			go serve(conn)
		}
	}()
	return listener.Addr(), func() { _ = listener.Close() }
}
