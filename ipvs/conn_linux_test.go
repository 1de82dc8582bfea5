package ipvs

import (
	"encoding/binary"
	"errors"
	"testing"

	"golang.org/x/sys/unix"
)

const testSequence = 5

func TestReadDatagram(t *testing.T) {
	message := func(kind, flags uint16, sequence uint32, body ...byte) []byte {
		b := binary.NativeEndian.AppendUint32(nil, messageHeader+uint32(len(body)))
		b = binary.NativeEndian.AppendUint16(b, kind)
		b = binary.NativeEndian.AppendUint16(b, flags)
		b = binary.NativeEndian.AppendUint32(b, sequence)
		return append(binary.NativeEndian.AppendUint32(b, 0), body...)
	}
	const family = 30
	service := message(family, 0, testSequence, 1, 1, 0, 0, 'a')[:messageHeader+5]
	service = append(service, 0, 0, 0) // padding
	noSuchService := binary.NativeEndian.AppendUint32(nil, ^uint32(unix.ESRCH)+1)
	tests := []struct {
		name        string
		datagram    []byte
		want        string // the bodies
		done        bool
		interrupted bool
		wantErr     string
	}{
		{name: "too short for a command", datagram: message(family, 0, testSequence, 1, 2), done: true, wantErr: "netlink message of 2 bytes"},
		{name: "stray bytes", datagram: append(message(family, 0, testSequence, 1, 1, 0, 0, 'a', 'b', 'c', 'd'), 1), want: "abcd", done: true, wantErr: "netlink datagram ends in 1 stray bytes"},
		{name: "error", datagram: message(messageError, 0, testSequence, noSuchService...), done: true, wantErr: unix.ESRCH.Error()},
		{name: "error at the end", datagram: message(messageDone, 0, testSequence, noSuchService...), done: true, wantErr: unix.ESRCH.Error()},
		{name: "error of what is read", datagram: message(family, 0, testSequence, 1, 1, 0, 0, '!', 0, 0, 0), done: true, wantErr: "unwanted"},
		{name: "nothing"},
		{name: "of an earlier command", datagram: message(messageDone, 0, testSequence-1)},
		{name: "of netlink itself", datagram: message(1, 0, testSequence)},
		{name: "one and the end", datagram: append(service, message(messageDone, 0, testSequence, 0, 0, 0, 0)...), want: "a", done: true},
		{name: "interrupted", datagram: message(family, flagDumpInterrupted, testSequence, 1, 1, 0, 0, 'a', 'b', 'c', 'd'), want: "abcd", interrupted: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var d dumped
			got := ""
			done, err := d.read(test.datagram, testSequence, func(body []byte) error {
				if body[0] == '!' {
					return errors.New("unwanted")
				}
				got += string(body)
				return nil
			})
			if got != test.want || done != test.done || d.interrupted != test.interrupted || errorText(err) != test.wantErr {
				t.Errorf("got %q, done %t, interrupted %t, %v", got, done, d.interrupted, err)
			}
		})
	}
}

// A datagram never has more messages than bytes for their headers.
func FuzzReadDatagram(f *testing.F) {
	for _, folder := range captures {
		for _, name := range []string{"services", "servers-8", "daemons", "info", "config"} {
			datagrams := captured(f, folder, name)
			f.Add(datagrams, binary.NativeEndian.Uint32(datagrams[8:])) // of its first message
		}
	}
	f.Fuzz(func(t *testing.T, datagram []byte, sequence uint32) {
		var d dumped
		read := 0
		_, _ = d.read(datagram, sequence, func(message []byte) error {
			read += messageHeader + genericHeader + len(message)
			parseAll(t, message)
			return nil
		})
		if read > len(datagram) {
			t.Errorf("%d bytes of messages in %d", read, len(datagram))
		}
	})
}
