package lab

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

// TestCpio compares with the archive that cpio -o -H newc writes of the same
// tree, but for inode numbers and times.
func TestCpio(t *testing.T) {
	const header = "0707010000000" // and the last digit of the inode
	want := header + "1" + "000041ED" + "00000000" + "00000000" + "00000001" + "00000000" + "00000000" +
		"00000000" + "00000000" + "00000000" + "00000000" + "00000004" + "00000000" + "lab\x00" + "\x00\x00" +
		header + "2" + "000081ED" + "00000000" + "00000000" + "00000001" + "00000000" + "00000005" +
		"00000000" + "00000000" + "00000000" + "00000000" + "00000006" + "00000000" + "lab/a\x00" +
		"hello" + "\x00\x00\x00" +
		header + "3" + "00000000" + "00000000" + "00000000" + "00000001" + "00000000" + "00000000" +
		"00000000" + "00000000" + "00000000" + "00000000" + "0000000B" + "00000000" + "TRAILER!!!\x00" + "\x00\x00\x00"
	var got bytes.Buffer
	c := &cpioWriter{w: &got}
	c.folder("lab")
	c.file("lab/a", 0o755, strings.NewReader("hello"), 5)
	if err := c.close(); err != nil {
		t.Fatal(err)
	}
	if got.String() != want {
		t.Errorf("archive is\n%q, want\n%q", got.String(), want)
	}
}

func TestCpioErrors(t *testing.T) {
	t.Run("file shorter than said", func(t *testing.T) {
		c := &cpioWriter{w: io.Discard}
		c.file("a", 0o644, strings.NewReader("hell"), 5)
		if err := c.close(); !errors.Is(err, io.EOF) {
			t.Errorf("error %v, want %v", err, io.EOF)
		}
	})
	t.Run("writer fails", func(t *testing.T) {
		r, w := io.Pipe()
		r.Close()
		c := &cpioWriter{w: w}
		c.folder("lab")
		c.file("a", 0o644, strings.NewReader("hello"), 5)
		if err := c.close(); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("error %v, want %v", err, io.ErrClosedPipe)
		}
	})
}
