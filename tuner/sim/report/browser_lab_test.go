//go:build lab

package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

//go:embed testdata/inspect.js
var inspect string

// TestInBrowser opens the page as people do: in light and dark, wide and
// narrow. Nothing may stick out, be asked of a network or complain, and the keys
// must show values. The screenshots are artifacts of the test.
func TestInBrowser(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, comparisons(t, "errors", "many")); err != nil {
		t.Fatal(err)
	}
	page := saved(t, b.String())
	inspected := saved(t, strings.Replace(b.String(), "<style>", "<script>"+inspect+"</script><style>", 1))
	for _, look := range []struct {
		name          string
		width, scheme int // of Blink: 0 is dark, 1 is light
	}{
		{"dark-wide", 1440, 0}, {"light-wide", 1440, 1}, {"dark-narrow", 360, 0}, {"light-narrow", 360, 1}, {"light-middle", 800, 1},
	} {
		t.Run(look.name, func(t *testing.T) {
			flags := []string{
				fmt.Sprintf("--window-size=%d,4000", look.width),
				fmt.Sprintf("--blink-settings=preferredColorScheme=%d", look.scheme),
			}
			dom := browse(t, inspected, append(flags, "--dump-dom", "--virtual-time-budget=2000")...)
			verdict := regexp.MustCompile(`(?s)<pre id="verdict">(.*?)</pre>`).FindStringSubmatch(dom)
			if verdict == nil || verdict[1] != "inspected\n" {
				t.Errorf("the page: %s", verdict)
			}
			shot := filepath.Join(t.ArtifactDir(), look.name+".png")
			browse(t, page, append(flags, "--screenshot="+shot, "--hide-scrollbars")...)
			if brightness, colours := seen(t, shot); (brightness < 0.5) != (look.scheme == 0) || colours < 30 {
				t.Errorf("the brightness is %.2f of 1, with %d colours", brightness, colours)
			}
		})
	}
}

// saved writes a page into a file and returns its name.
func saved(t *testing.T, text string) string {
	t.Helper()
	page := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return page
}

// browse opens a page in a browser without a window and returns what that
// prints.
func browse(t *testing.T, page string, flags ...string) string {
	t.Helper()
	flags = append(flags, "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
		"--user-data-dir="+t.TempDir(), "file://"+page)
	c := exec.Command("chromium-headless-shell", flags...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", c, err, stderr.String())
	}
	for line := range strings.Lines(stderr.String()) {
		if strings.Contains(line, "CONSOLE") {
			t.Errorf("the console: %s", line)
		}
	}
	return string(out)
}

// seen returns the mean brightness of a picture, 1 where it is white, and the
// number of its colours.
func seen(t *testing.T, name string) (brightness float64, colours int) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	counts := make(map[color.Color]int)
	sum, n, bounds := 0.0, 0.0, picture.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y += 3 {
		for x := bounds.Min.X; x < bounds.Max.X; x += 3 {
			at := picture.At(x, y)
			r, g, b, _ := at.RGBA()
			sum, n = sum+float64(r+g+b)/3/0xffff, n+1
			counts[at]++
		}
	}
	return sum / n, len(counts)
}
