// Package pages reads the blocks of code in the documentation, for tests that
// try them. What follows a fence's backticks says how; readers do not see it:
//
//	sh run           runs in the lab, on a director, in a folder that the page's blocks share
//	sh start         the same with a program that is left running
//	sh alone         the same as run, once what the page has started is stopped
//	console run      commands after $, and what they print: … stands for any text
//	yaml weight-tuner, yaml names, yaml prometheus
//	                 passes the check of whose file it is
//	promql           expressions, each from a line's first column on, that ask for what is exported
//	LANGUAGE not run: WHY
//	text, json, go, mermaid
//	                 is only read
package pages

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Block is a fenced block of a page.
type Block struct {
	Page string // as docs/ha.md
	Line int    // of its first line
	Kind string // as "sh run"; or "sh not run"
	Text string // ends with a newline
}

// String returns where the block is.
func (b Block) String() string { return fmt.Sprintf("%s:%d", b.Page, b.Line) }

var kinds = []string{
	"sh run", "sh start", "sh alone", "console run",
	"yaml weight-tuner", "yaml names", "yaml prometheus", "promql",
	"text", "json", "go", "mermaid",
}

// Blocks returns the blocks of the pages in the folder that has README.md and
// docs, in order. It refuses code that is not fenced, and kinds that it does not
// know.
func Blocks(folder string) ([]Block, error) {
	var files []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/runbooks/*.md"} {
		found, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	var blocks []Block
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		page, err := filepath.Rel(folder, file)
		if err != nil {
			return nil, err
		}
		found, err := read(page, string(text))
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, found...)
	}
	return blocks, nil
}

// read returns the blocks of one page.
func read(page, text string) (blocks []Block, err error) {
	inside, indent := false, ""
	for i, line := range strings.Split(text, "\n") {
		before, info, fenced := strings.Cut(line, "```")
		fenced = fenced && strings.TrimSpace(before) == ""
		switch {
		case fenced && inside:
			inside = false
		case fenced:
			inside, indent = true, before
			kind, err := kindOf(info)
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %w", page, i+1, err)
			}
			blocks = append(blocks, Block{Page: page, Line: i + 2, Kind: kind})
		case inside:
			blocks[len(blocks)-1].Text += strings.TrimPrefix(line, indent) + "\n"
		case strings.HasPrefix(line, "    "):
			return nil, fmt.Errorf("%s:%d: code without a fence", page, i+1)
		}
	}
	if inside {
		return nil, fmt.Errorf("%s: the last fence is open", page)
	}
	return blocks, nil
}

// kindOf returns what a fence says is to be done with its block.
func kindOf(info string) (string, error) {
	if language, why, not := strings.Cut(info, " not run: "); not && why != "" {
		return language + " not run", nil
	}
	if !slices.Contains(kinds, info) {
		return "", fmt.Errorf("%q is no kind of block", info)
	}
	return info, nil
}
