package pages

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Links from page to page lead to files and headings that there are.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]*)(?:#([^):]+))?\)`)
	followed := 0
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "lab/*.md"} {
		files, err := filepath.Glob(filepath.Join("../..", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			for _, l := range link.FindAllStringSubmatch(readFile(t, file), -1) {
				to := file
				if l[1] != "" {
					to = filepath.Join(filepath.Dir(file), l[1])
				}
				if _, err := os.Stat(to); err != nil {
					t.Errorf("%s: %s leads nowhere", file, l[0])
				} else if l[2] != "" && !anchors(readFile(t, to))[l[2]] {
					t.Errorf("%s: %s leads to no heading", file, l[0])
				}
				followed++
			}
		}
	}
	if followed < 100 {
		t.Errorf("only %d links", followed)
	}
}

// anchors returns by what names GitHub has the headings of a page.
func anchors(text string) map[string]bool {
	found := map[string]bool{}
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		plain := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(heading[1]), "")
		found[strings.ReplaceAll(plain, " ", "-")] = true
	}
	return found
}

func readFile(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
