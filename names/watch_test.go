package names

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
)

func TestSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		events, faults := make(chan fsnotify.Event), make(chan error)
		start, calls := time.Now(), []time.Duration{}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			ended <- settled(ctx, events, faults, func() { calls = append(calls, time.Since(start)) })
		}()
		expect := func(what string, want ...time.Duration) {
			t.Helper()
			synctest.Wait()
			if len(calls) != len(want) || len(want) > 0 && calls[len(calls)-1] != want[len(want)-1] {
				t.Errorf("%s: read at %v, want %v", what, calls, want)
			}
		}
		time.Sleep(time.Hour)
		expect("nothing happened")
		events <- fsnotify.Event{}
		time.Sleep(settle / 2)
		events <- fsnotify.Event{}
		expect("not settled yet")
		time.Sleep(settle / 2)
		expect("settled", time.Hour+settle)
		time.Sleep(time.Hour)
		expect("nothing more", time.Hour+settle)
		faults <- errors.New("queue overflow")
		time.Sleep(settle)
		expect("an error may hide an event", time.Hour+settle, 2*time.Hour+2*settle)
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
