//go:build lab

package e2e

import (
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"
)

// stopwatch is a real server that tells how long it took, and how its clients
// ask.
type stopwatch struct {
	parts   int           // of a request, 1 if 0
	apart   time.Duration // from one part to the next
	part    int           // bytes, 100 if 0
	answers int           // to a request, one after the other, 1 if 0
	bytes   int           // of an answer, 100 if 0
	delay   func() time.Duration
}

// spoken is an exchange.
type spoken struct {
	own        time.Duration // from the whole request in the server's kernel to the first answer, by the server
	seen       time.Duration // from the last part of the request to the first answer, by the client
	connecting time.Duration // of the connection
}

func (w stopwatch) withDefaults() stopwatch {
	w.parts, w.part = max(w.parts, 1), max(w.part, 100)
	w.answers, w.bytes = max(w.answers, 1), max(w.bytes, 100)
	return w
}

// start serves until stop is called.
func (w stopwatch) start(t *testing.T, namespace, address string) (stop func()) {
	t.Helper()
	_, stop = acceptIn(t, namespace, "tcp", address, w.serve)
	return stop
}

func (w stopwatch) serve(conn *received) {
	defer conn.Close()
	request, answer := make([]byte, w.parts*w.part), make([]byte, w.bytes)
	for {
		if _, err := io.ReadFull(conn, request); err != nil {
			return // the client has gone
		}
		for range w.answers {
			time.Sleep(w.delay())
			binary.BigEndian.PutUint64(answer, uint64(time.Since(conn.at)))
			if _, err := conn.Write(answer); err != nil {
				return
			}
		}
	}
}

// ask has n exchanges on a connection of the client's.
func (w stopwatch) ask(address string, n int, think time.Duration) ([]spoken, error) {
	begin := time.Now()
	conn, err := dial("client", "tcp", address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Duration(n) * patience))
	connecting := time.Since(begin)
	var all []spoken
	for range n {
		s, err := w.exchange(conn)
		if err != nil {
			return nil, err
		}
		s.connecting = connecting
		all = append(all, s)
		time.Sleep(think)
	}
	return all, nil
}

func (w stopwatch) exchange(conn net.Conn) (s spoken, err error) {
	var begin time.Time
	for i := range w.parts {
		if i > 0 {
			time.Sleep(w.apart)
		}
		begin = time.Now()
		if _, err := conn.Write(make([]byte, w.part)); err != nil {
			return s, err
		}
	}
	answer := make([]byte, w.answers*w.bytes)
	if _, err = io.ReadFull(conn, answer[:8]); err != nil {
		return s, err
	}
	s.seen, s.own = time.Since(begin), time.Duration(binary.BigEndian.Uint64(answer))
	_, err = io.ReadFull(conn, answer[8:])
	return s, err
}
