//go:build lab

package e2e

import (
	"bufio"
	"maps"
	"net"
	"strings"
	"testing"
	"time"
)

// patience is how long a client waits for a connection and an answer, on a machine
// that has much else to do.
const patience = time.Minute

// dial connects from a network namespace.
func dial(namespace, network, address string) (conn net.Conn, err error) {
	return dialFrom(namespace, "", network, address)
}

// dialFrom connects from one of a network namespace's addresses; "" is any.
func dialFrom(namespace, from, network, address string) (conn net.Conn, err error) {
	dialer := net.Dialer{Timeout: patience}
	if from != "" {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from)}
	}
	err = inNetns(namespace, func() (err error) {
		if network == "sctp" {
			conn, err = dialSCTP(address)
		} else {
			conn, err = dialer.Dial(network, address)
		}
		return err
	})
	return conn, err
}

// ask returns who answers on a connection, and as whom it sees the client.
func ask(conn net.Conn) (server, client string, err error) {
	_ = conn.SetDeadline(time.Now().Add(patience))
	if conn.RemoteAddr().Network() == "udp" {
		if _, err := conn.Write([]byte("?")); err != nil {
			return "", "", err
		}
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return "", "", err
	}
	server, client, _ = strings.Cut(strings.TrimSpace(line), " ")
	return server, client, nil
}

// answers counts them by server.
type answers map[string]int

// visit asks n times, over a new connection each, and counts the answers by
// server; it counts under "" what has none.
func visit(namespace, network, address string, n int) answers {
	return visitFrom(namespace, "", network, address, n)
}

// visitFrom visits from one of a network namespace's addresses.
func visitFrom(namespace, from, network, address string, n int) answers {
	counts := answers{}
	for range n {
		conn, server, err := call(namespace, from, network, address)
		counts[server]++
		if err == nil {
			_ = conn.Close()
		}
	}
	return counts
}

// call connects and asks; without an answer there is no connection.
func call(namespace, from, network, address string) (conn net.Conn, server string, err error) {
	conn, err = dialFrom(namespace, from, network, address)
	if err != nil {
		return nil, "", err
	}
	if server, _, err = ask(conn); err != nil {
		_ = conn.Close()
	}
	return conn, server, err
}

// hold visits and keeps the connections, by server, until the test ends.
func hold(t *testing.T, namespace, network, address string, n int) map[string][]net.Conn {
	t.Helper()
	held := map[string][]net.Conn{}
	for range n {
		conn, server, err := call(namespace, "", network, address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		held[server] = append(held[server], conn)
	}
	return held
}

func expectAnswers(t *testing.T, got, want answers) {
	t.Helper()
	if !maps.Equal(got, want) {
		t.Errorf("answers by server %v, want %v", got, want)
	}
}
