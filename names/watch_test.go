package names

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
)

func TestSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		events, faults := make(chan fsnotify.Event), make(chan error)
		start, reads := time.Now(), make(chan time.Duration, 9)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			ended <- settled(ctx, events, faults, func() { reads <- time.Since(start) })
		}()
		expect := func(what string, want ...time.Duration) {
			t.Helper()
			synctest.Wait()
			var got []time.Duration
			for len(reads) > 0 {
				got = append(got, <-reads)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: read at %v, want %v", what, got, want)
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
		expect("nothing more")
		faults <- errors.New("queue overflow")
		time.Sleep(settle)
		expect("an error may hide an event", 2*time.Hour+2*settle)
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
