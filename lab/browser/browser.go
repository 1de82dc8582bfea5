// Package browser drives a browser without a window, for tests of pages: by the
// DevTools protocol, over pipes (chromium's --remote-debugging-pipe).
package browser

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

// program is the browser, of Debian's package of that name.
const program = "chromium-headless-shell"

// Browser is a browser with one page.
type Browser struct {
	process *exec.Cmd
	profile string
	to      io.WriteCloser
	session string // of the page

	mutex    sync.Mutex
	asked    int
	waiting  map[int]chan message
	happened []message // events, the oldest first
	changed  chan struct{}
	ended    error
}

// message is a command, its answer or an event.
type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  any             `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// Open starts a browser and opens an empty page in it.
func Open(ctx context.Context) (*Browser, error) {
	profile, err := os.MkdirTemp("", "browser-")
	if err != nil {
		return nil, err
	}
	b := &Browser{profile: profile, waiting: make(map[int]chan message), changed: make(chan struct{})}
	if err := b.start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(profile))
	}
	if err := b.attach(ctx); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// start starts the program, which reads descriptor 3 and writes 4.
func (b *Browser) start() error {
	in, to, err := os.Pipe()
	if err != nil {
		return err
	}
	defer in.Close()
	from, out, err := os.Pipe()
	if err != nil {
		return errors.Join(err, to.Close())
	}
	defer out.Close()
	b.to = to
	b.process = exec.Command(program, "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--user-data-dir="+b.profile)
	b.process.ExtraFiles = []*os.File{in, out}
	if err := b.process.Start(); err != nil {
		return errors.Join(err, to.Close(), from.Close())
	}
	go b.listen(from)
	return nil
}

// attach opens a page and has its events told.
func (b *Browser) attach(ctx context.Context) error {
	var target struct{ TargetID string }
	if err := b.Do(ctx, "Target.createTarget", map[string]any{"url": "about:blank"}, &target); err != nil {
		return err
	}
	var session struct{ SessionID string }
	if err := b.Do(ctx, "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &session); err != nil {
		return err
	}
	b.session = session.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log"} {
		if err := b.Do(ctx, domain+".enable", nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// patience is how long the browser may take to end, where others keep the machine
// and its disk busy.
const patience = time.Minute

// Close ends the browser, and waits until it leaves nothing.
func (b *Browser) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = b.process.Process.Kill() })
	defer stop()
	b.session = "" // to be told to the browser, and not to the page
	asked := b.Do(ctx, "Browser.close", nil, nil)
	if err := b.process.Wait(); err != nil {
		return errors.Join(asked, fmt.Errorf("browser: %w", err), os.RemoveAll(b.profile))
	}
	return errors.Join(b.to.Close(), os.RemoveAll(b.profile))
}

// Do has the browser do something, as the protocol names it, and decodes the
// answer into result unless that is nil.
func (b *Browser) Do(ctx context.Context, method string, params, result any) error {
	answer, err := b.ask(method, params)
	if err != nil {
		return fmt.Errorf("browser: %s: %w", method, err)
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("browser: %s: %w", method, context.Cause(ctx))
	case m, ok := <-answer:
		switch {
		case !ok:
			return fmt.Errorf("browser: %s: %w", method, b.ended)
		case m.Error != nil:
			return fmt.Errorf("browser: %s: %s", method, m.Error.Message)
		case result == nil:
			return nil
		}
		return json.Unmarshal(m.Result, result)
	}
}

func (b *Browser) ask(method string, params any) (<-chan message, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.ended != nil {
		return nil, b.ended
	}
	b.asked++
	if params == nil {
		params = struct{}{}
	}
	text, err := json.Marshal(message{ID: b.asked, Session: b.session, Method: method, Params: params})
	if err != nil {
		return nil, err
	}
	answer := make(chan message, 1)
	b.waiting[b.asked] = answer
	_, err = b.to.Write(append(text, 0))
	return answer, err
}

// listen hands out what the browser says, until it ends.
func (b *Browser) listen(from io.ReadCloser) {
	defer from.Close()
	reader := bufio.NewReader(from)
	for {
		text, err := reader.ReadBytes(0)
		if err != nil {
			b.end(err)
			return
		}
		var m message
		if err := json.Unmarshal(bytes.TrimSuffix(text, []byte{0}), &m); err != nil {
			b.end(err)
			return
		}
		b.hear(m)
	}
}

func (b *Browser) hear(m message) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if m.ID != 0 {
		b.waiting[m.ID] <- m
		delete(b.waiting, m.ID)
		return
	}
	b.happened = append(b.happened, m)
	close(b.changed)
	b.changed = make(chan struct{})
}

func (b *Browser) end(why error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.ended = why
	for _, answer := range b.waiting {
		close(answer)
	}
	b.waiting = nil
}
