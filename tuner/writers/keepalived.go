package writers

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

const (
	// keepalivedFile is the configuration that keepalived reads by itself.
	keepalivedFile = "/etc/keepalived/keepalived.conf"
	// mostFiles and mostBytes bound what is read of a configuration: includes may
	// go in circles.
	mostFiles = 1000
	mostBytes = 64 << 20
)

// dynamicWeights returns what in the configuration of a running keepalived has
// it change weights at all times, "" where nothing has.
func dynamicWeights(root fs.FS, command []string) (string, error) {
	r := reader{root: root, left: mostBytes, read: make(map[string]bool)}
	err := r.file(configFile(command))
	return r.found, err
}

// configFile returns the file that a command line of keepalived names.
func configFile(command []string) string {
	for i := 1; i < len(command); i++ {
		word := command[i]
		switch {
		case (word == "-f" || word == "--use-file") && i+1 < len(command):
			return command[i+1]
		case strings.HasPrefix(word, "--use-file="):
			return strings.TrimPrefix(word, "--use-file=")
		case strings.HasPrefix(word, "-f") && len(word) > len("-f"):
			return word[len("-f"):]
		}
	}
	return keepalivedFile
}

// reader reads a configuration with all that it includes.
type reader struct {
	root  fs.FS
	left  int64 // bytes
	read  map[string]bool
	found string // what changes weights, and where
}

// file reads a file, which a relative name leads to from the root: keepalived
// goes there.
func (r *reader) file(name string) error {
	name = rooted(name)
	if r.found != "" || r.read[name] || len(r.read) == mostFiles {
		return nil
	}
	r.read[name] = true
	text, err := r.text(name)
	if err != nil {
		return fmt.Errorf("configuration of keepalived: %w", err)
	}
	word, includes := parse(text)
	if word != "" {
		r.found = word + " in /" + name
		return nil
	}
	for _, pattern := range includes {
		if !path.IsAbs(pattern) {
			pattern = path.Join(path.Dir(name), pattern)
		}
		names, _ := fs.Glob(r.root, rooted(pattern)) // of a mistaken one keepalived includes nothing
		for _, included := range names {
			if err := r.file(included); err != nil {
				return err
			}
		}
	}
	return nil
}

// rooted returns the name of a file as the root has it.
func rooted(name string) string { return cmp.Or(path.Clean("/" + name)[1:], ".") }

// text reads a file; what is none, as a folder or a pipe, has nothing in it.
func (r *reader) text(name string) (string, error) {
	info, err := fs.Stat(r.root, name)
	if err != nil || !info.Mode().IsRegular() {
		return "", err
	}
	f, err := r.root.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, r.left))
	r.left -= int64(len(text))
	return string(text), err
}

// parse returns the word of a configuration that has keepalived change weights
// at all times, "" where there is none, and the patterns of the files that it
// includes. Both words are known to virtual servers alone: misc_dynamic to
// MISC_CHECK, whose scripts give weights, and FILE_CHECK reads a weight from a
// track_file.
func parse(text string) (dynamic string, includes []string) {
	for line := range strings.Lines(text) {
		words := wordsOf(line)
		for i, word := range words {
			switch {
			case word == "misc_dynamic", word == "FILE_CHECK":
				return word, nil
			case i == 0 && len(words) > 1 && isInclude(word):
				includes = append(includes, words[1])
			}
		}
	}
	return "", includes
}

// isInclude reports whether the next word is a file to include: the letters
// say when a missing one is an error.
func isInclude(word string) bool {
	rest, is := strings.CutPrefix(word, "include")
	return is && strings.Trim(rest, "rmwba") == ""
}

// wordsOf returns the words of a line, up to a comment: what is quoted is part of
// one, and a brace stands for itself.
func wordsOf(line string) []string {
	var words []string
	var word strings.Builder
	quote, begun := rune(0), false
	end := func() {
		if begun {
			words = append(words, word.String())
		}
		word.Reset()
		begun = false
	}
	for _, c := range line {
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(c)
		case c == '"' || c == '\'':
			quote, begun = c, true
		case c == '#' || c == '!':
			end()
			return words
		case strings.ContainsRune(" \t\r\n{}", c):
			end()
		default:
			word.WriteRune(c)
			begun = true
		}
	}
	end()
	return words
}
