package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const troubles = "../../docs/troubleshooting.md"

// What the page quotes in its first columns is what the programs say.
func TestTroublesAreQuoted(t *testing.T) {
	said, metrics := strings.Join(literals(t, "../.."), "\n"), readText(t, "../../docs/metrics.md")
	quoted := 0
	for _, cell := range regexp.MustCompile(`(?m)^\| (.*?) \| `).FindAllStringSubmatch(readText(t, troubles), -1) {
		for _, quote := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cell[1], -1) {
			if !isSaid(quote[1], said, metrics) {
				t.Errorf("nothing says %q", quote[1])
			}
			quoted++
		}
	}
	if quoted < 50 {
		t.Errorf("only %d are quoted", quoted)
	}
}

func TestTroublesHaveEveryReason(t *testing.T) {
	_, reasons, _ := strings.Cut(readText(t, troubles), "\n## Why nothing is written")
	codes := regexp.MustCompile(`Code\w+ +Code = "(\w+)"`).FindAllStringSubmatch(readText(t, "../../tuner/plan.go"), -1)
	if len(codes) < 20 {
		t.Errorf("only %d reasons", len(codes))
	}
	for _, code := range codes {
		if !strings.Contains(reasons, "`"+code[1]+"`") {
			t.Errorf("nothing is said of the reason %s", code[1])
		}
	}
}

// ofAdmins are quoted though they are said by others: commands and their output.
var ofAdmins = map[string]bool{"lsmod": true, "ipvsadm -Ln": true, "--dry-run": true, "rmmod ip_vs": true}

// isSaid reports whether a quote is a metric or, with … for what differs, stands
// in the program's texts.
func isSaid(quote, said, metrics string) bool {
	if ofAdmins[quote] || strings.Contains(metrics, "`"+quote+"`") {
		return true
	}
	for part := range strings.SplitSeq(quote, "…") {
		if !strings.Contains(said, part) {
			return false
		}
	}
	return true
}

// literals returns the texts in the programs' code.
func literals(t *testing.T, root string) []string {
	t.Helper()
	var texts []string
	for _, folder := range []string{"cmd", "collector", "internal", "ipvs", "names", "passive", "tuner"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
					text, _ := strconv.Unquote(l.Value)
					texts = append(texts, text)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return texts
}

func readText(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
