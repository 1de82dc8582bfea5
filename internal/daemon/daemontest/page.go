package daemontest

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// Section is the part of a page of documentation that is made from the code: it
// stands between the marks <!-- NAME --> and <!-- end of NAME -->.
type Section struct{ Page, Name string }

// Expect wants the section to be so; with UPDATE_GOLDEN set it writes it.
func (s Section) Expect(t *testing.T, want string) {
	t.Helper()
	before, got, after := s.split(t)
	if want = "\n\n" + strings.TrimSpace(want) + "\n\n"; got == want {
		return
	}
	if os.Getenv("UPDATE_GOLDEN") == "" {
		t.Errorf("%s: %s is not what the code has: UPDATE_GOLDEN=1 go test writes it; %s", s.Page, s.Name, difference(got, want))
		return
	}
	if err := os.WriteFile(s.Page, []byte(before+want+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// difference returns the first lines in which two texts differ.
func difference(got, want string) string {
	gots, wants := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(gots), len(wants)) {
		if gots[i] != wants[i] {
			return "got\n" + gots[i] + "\nwant\n" + wants[i]
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(gots), len(wants))
}

// Text returns what the page has there.
func (s Section) Text(t *testing.T) string {
	t.Helper()
	_, text, _ := s.split(t)
	return text
}

func (s Section) split(t *testing.T) (before, text, after string) {
	t.Helper()
	page, err := os.ReadFile(s.Page)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- "+s.Name+" -->", "<!-- end of "+s.Name+" -->"
	before, rest, begins := strings.Cut(string(page), begin)
	text, after, ends := strings.Cut(rest, end)
	if !begins || !ends {
		t.Fatalf("%s: has no %s and %s", s.Page, begin, end)
	}
	return before + begin, text, end + after
}

// Table returns rows in Markdown, the first of which is the heading.
func Table(rows [][]string) string {
	var b strings.Builder
	for i, row := range rows {
		for _, cell := range row {
			b.WriteString("| " + strings.ReplaceAll(cell, "|", `\|`) + " ")
		}
		b.WriteString("|\n")
		if i == 0 {
			b.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
	return b.String()
}

// Code returns a text in Markdown as it is typed; "" stays empty.
func Code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}

// plain returns a text in Markdown that has patterns such as tcp/* in it.
func plain(text string) string { return strings.ReplaceAll(text, "*", `\*`) }
