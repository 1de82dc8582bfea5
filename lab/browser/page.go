package browser

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
)

// Visit opens a page and returns when it is loaded.
func (b *Browser) Visit(ctx context.Context, url string) error {
	return b.Loads(ctx, func() error {
		var result struct{ ErrorText string }
		if err := b.Do(ctx, "Page.navigate", map[string]any{"url": url}, &result); err != nil {
			return err
		}
		if result.ErrorText != "" {
			return fmt.Errorf("browser: visit %s: %s", url, result.ErrorText)
		}
		return nil
	})
}

// Loads does what loads a page, and returns when it is loaded.
func (b *Browser) Loads(ctx context.Context, do func() error) error {
	b.mutex.Lock()
	b.happened = nil
	b.mutex.Unlock()
	if err := do(); err != nil {
		return err
	}
	return b.await(ctx, "Page.loadEventFired")
}

// await waits for an event of a page.
func (b *Browser) await(ctx context.Context, method string) error {
	for {
		b.mutex.Lock()
		changed := b.changed
		for _, m := range b.happened {
			if m.Method == method {
				b.mutex.Unlock()
				return nil
			}
		}
		b.mutex.Unlock()
		select {
		case <-ctx.Done():
			return fmt.Errorf("browser: wait for %s: %w", method, context.Cause(ctx))
		case <-changed:
		}
	}
}

// Evaluate has the page compute an expression, waits for it where it is a
// promise, and decodes its value into result unless that is nil.
func (b *Browser) Evaluate(ctx context.Context, expression string, result any) error {
	var answer struct {
		Result    struct{ Value json.RawMessage }
		Exception *struct {
			Text      string
			Exception struct{ Description string }
		} `json:"exceptionDetails"`
	}
	params := map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}
	if err := b.Do(ctx, "Runtime.evaluate", params, &answer); err != nil {
		return err
	}
	if e := answer.Exception; e != nil {
		return fmt.Errorf("browser: evaluate: %s %s", e.Text, e.Exception.Description)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(answer.Result.Value, result)
}

// Look is how a page is looked at.
type Look struct {
	Width, Height int
	Dark          bool
	NoScript      bool
}

// Set has the page looked at otherwise from now on.
func (b *Browser) Set(ctx context.Context, l Look) error {
	scheme := "light"
	if l.Dark {
		scheme = "dark"
	}
	for _, step := range []struct {
		method string
		params map[string]any
	}{
		{"Emulation.setDeviceMetricsOverride", map[string]any{"width": l.Width, "height": l.Height, "deviceScaleFactor": 1, "mobile": l.Width < 600}},
		{"Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}},
		{"Emulation.setScriptExecutionDisabled", map[string]any{"value": l.NoScript}},
	} {
		if err := b.Do(ctx, step.method, step.params, nil); err != nil {
			return err
		}
	}
	return nil
}

// Press presses a key and lets it go, as "Tab".
func (b *Browser) Press(ctx context.Context, key string, code int) error {
	text := ""
	if key == "Enter" {
		text = "\r"
	}
	for _, kind := range []string{"keyDown", "keyUp"} {
		params := map[string]any{"type": kind, "text": text, "key": key, "code": key, "windowsVirtualKeyCode": code}
		if err := b.Do(ctx, "Input.dispatchKeyEvent", params, nil); err != nil {
			return err
		}
	}
	return nil
}

// Shoot writes a picture of the page, as PNG.
func (b *Browser) Shoot(ctx context.Context, file string) error {
	var picture struct{ Data string }
	if err := b.Do(ctx, "Page.captureScreenshot", map[string]any{"captureBeyondViewport": true}, &picture); err != nil {
		return err
	}
	content, err := base64.StdEncoding.DecodeString(picture.Data)
	if err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o644)
}

// Complaints returns what the page's console has said since it was visited.
func (b *Browser) Complaints() []string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	var said []string
	for _, m := range b.happened {
		switch m.Method {
		case "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded":
			text, _ := json.Marshal(m.Params) // it was read from JSON
			said = append(said, m.Method+": "+string(text))
		}
	}
	return said
}
