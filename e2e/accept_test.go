//go:build lab

package e2e

import (
	"context"
	"net"
	"testing"
)

// acceptIn serves each connection to an address in a namespace by itself until
// stop is called. at is the address, with its port.
func acceptIn(t *testing.T, namespace, network, address string, serve func(*received)) (at net.Addr, stop func()) {
	t.Helper()
	var listener net.Listener
	err := inNetns(namespace, func() (err error) {
		config := net.ListenConfig{Control: stampReceipts}
		listener, err = config.Listen(context.Background(), network, address)
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
			go serve(&received{TCPConn: conn.(*net.TCPConn)})
		}
	}()
	return listener.Addr(), func() { _ = listener.Close() }
}
