package lab

import "bytes"

// tailBytes bounds what is kept of a console.
const tailBytes = 8 << 10

// Tail is a writer that keeps the last lines of what is written.
type Tail struct{ kept []byte }

// Write never fails.
func (t *Tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - tailBytes; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(p), nil
}

// Lines returns the last n lines at most, without the last newline.
func (t *Tail) Lines(n int) string {
	lines := bytes.Split(bytes.TrimSpace(t.kept), []byte("\n"))
	return string(bytes.Join(lines[max(0, len(lines)-n):], []byte("\n")))
}
