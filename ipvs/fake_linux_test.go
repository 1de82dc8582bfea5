package ipvs

import (
	"encoding/binary"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// fakeKernel answers the commands of a connection from another end of its
// socket: to each command the datagrams that answer returns, which are lists of
// messages' attributes.
type fakeKernel struct {
	file   *os.File
	asked  []uint8 // the commands, in order
	answer func(command uint8, attributes []byte) (datagrams [][][]byte)
}

const fakeFamily = 30

func connectFake(t testing.TB, answer func(command uint8, attributes []byte) [][][]byte) (*conn, *fakeKernel) {
	t.Helper()
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	k := &fakeKernel{file: os.NewFile(uintptr(ends[1]), "kernel"), answer: answer}
	s := &socket{file: os.NewFile(uintptr(ends[0]), "netlink"), answer: new(datagram)}
	ended := make(chan struct{})
	go func() { defer close(ended); k.serve() }()
	t.Cleanup(func() {
		s.close()
		<-ended
	})
	return &conn{socket: s, family: fakeFamily, memory: newMemory()}, k
}

// serve answers until the other end is closed.
func (k *fakeKernel) serve() {
	defer k.file.Close()
	request := make([]byte, datagramSize)
	for {
		n, err := k.file.Read(request)
		if err != nil {
			return
		}
		flags, sequence := binary.NativeEndian.Uint16(request[6:]), binary.NativeEndian.Uint32(request[8:])
		command := request[messageHeader]
		k.asked = append(k.asked, command)
		for _, bodies := range k.answer(command, request[messageHeader+genericHeader:n]) {
			var datagram []byte
			for _, body := range bodies {
				datagram = appendMessage(datagram, fakeFamily, sequence, append([]byte{command, 1, 0, 0}, body...))
			}
			_, _ = k.file.Write(datagram)
		}
		if flags&flagDump == flagDump {
			_, _ = k.file.Write(appendMessage(nil, messageDone, sequence, make([]byte, 4)))
		}
	}
}

func appendMessage(b []byte, kind uint16, sequence uint32, body []byte) []byte {
	b = binary.NativeEndian.AppendUint32(b, uint32(messageHeader+len(body)))
	b = binary.NativeEndian.AppendUint16(b, kind)
	b = binary.NativeEndian.AppendUint16(b, 0)
	b = binary.NativeEndian.AppendUint32(b, sequence)
	b = binary.NativeEndian.AppendUint32(b, 0)
	return append(b, body...)
}

// A datagram that fills the buffer may have been cut off.
func TestReceiveTooLong(t *testing.T) {
	c, _ := connectFake(t, func(uint8, []byte) [][][]byte { return [][][]byte{{make([]byte, datagramSize)}} })
	_, err := c.get(cmdGetInfo, nil)
	if want := "netlink datagram of 32768 bytes or more"; errorText(err) != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestReceiveNothing(t *testing.T) {
	c, _ := connectFake(t, func(uint8, []byte) [][][]byte { return nil })
	if err := waitAtMost(int(c.file.Fd()), time.Millisecond); err != nil {
		t.Fatal(err)
	}
	_, err := c.get(cmdGetInfo, nil)
	if want := "netlink: no answer in time"; errorText(err) != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
