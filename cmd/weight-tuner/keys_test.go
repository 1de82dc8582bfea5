package main

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon/daemontest"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

// parts are the mappings of a configuration, each as a file in which it is %s,
// and where its defaults are in what --print-defaults prints.
var parts = []struct{ name, file, defaults string }{
	{"keys of the whole", "{%s}", ""},
	{"keys of sources", "{sources: {x: {%s}}}", "sources.connections."},
	{"keys of http", "{sources: {x: {type: http, %s}}}", "sources.probe."},
	{"keys of tcp", "{sources: {x: {type: tcp, %s}}}", "sources.connect."},
	{"keys of prometheus", "{sources: {x: {type: prometheus, %s}}}", "sources.prom."},
	{"keys of services", "{services: [{%s}]}", "services.0."},
}

// Every key that is read is on the page with its default, what it takes and what
// it does, and no other. The last is written on the page itself; all else is
// made from what the program says of wrong values.
func TestConfigurationPage(t *testing.T) {
	defaults := printedDefaults(t)
	for _, p := range parts {
		t.Run(p.name, func(t *testing.T) {
			section := daemontest.Section{Page: "../../docs/configuration.md", Name: p.name}
			words := wordsOf(section.Text(t))
			rows := [][]string{{"key", "default", "takes", "what it does"}}
			for _, key := range keysBelow(p.file, "") {
				if strings.Contains(p.file, key.path+":") {
					continue // the type of a source, which is one of every source
				}
				if words[key.path] == "" {
					t.Errorf("nothing is said of %s", key.path)
				}
				rows = append(rows, []string{daemontest.Code(key.path), daemontest.Code(defaults[p.defaults+key.path]), key.takes, words[key.path]})
				delete(words, key.path)
			}
			if len(rows) < 2 || len(words) > 0 {
				t.Errorf("of %d keys; said of what is no key: %v", len(rows)-1, words)
				return
			}
			section.Expect(t, daemontest.Table(rows))
		})
	}
}

// key is one that the configuration has, with what is to be its value.
type key struct{ path, takes string }

// keysBelow returns the keys of a mapping and of those in it, by what the
// program says is known where something is not.
func keysBelow(file, prefix string) []key {
	var keys []key
	for _, name := range knownIn(file) {
		inner := fmt.Sprintf(file, name+": {%s}")
		switch {
		case name == "http" || name == "tls_config":
			keys = append(keys, key{prefix + name, "a mapping as in Prometheus"})
		case len(knownIn(inner)) > 0:
			keys = append(keys, keysBelow(inner, prefix+name+".")...)
		default:
			keys = append(keys, key{prefix + name, taken(file, name)})
		}
	}
	return keys
}

func knownIn(file string) []string {
	for _, text := range mistakes(file, "nonsense", "1") {
		if _, known, ok := strings.Cut(text, "unknown key, known here: "); ok {
			return strings.Split(known, ", ")
		}
	}
	return nil
}

// taken returns what is a value of the key, by what the program says of others.
func taken(file, name string) string {
	for _, wrong := range []string{"9999h", "3", "nonsense", "{}"} {
		for _, text := range mistakes(file, name, wrong) {
			text = strings.TrimPrefix(text, wrong+" ")
			for _, said := range saids {
				if found := said.mistake.FindStringSubmatch(text); found != nil {
					return strings.NewReplacer("$", strings.ReplaceAll(found[1], ", nor ", " or ")).Replace(said.takes)
				}
			}
		}
	}
	return ""
}

// saids are the words for wrong values, and what a right one is then.
var saids = []struct {
	mistake *regexp.Regexp
	takes   string
}{
	{regexp.MustCompile(`^is not (from .*)$`), "a duration $"},
	{regexp.MustCompile(`^is not (a multiple of \S+s from .*)$`), "a duration, $"},
	{regexp.MustCompile(`^is not (a text); quote`), "$"},
	{regexp.MustCompile(`^is not (a (?:sequence|mapping).*)$`), "$"},
	{regexp.MustCompile(`^is not (an? (?:whole number|number|URL|status|path|prefix|scheduler).*)$`), "$"},
	{regexp.MustCompile(`^is neither (true) nor false$`), "$ or false"},
	{regexp.MustCompile(`^is not known here: (.*)$`), "$"},
	{regexp.MustCompile(`^is not (one of the sources)$`), "$"},
}

// mistakes returns what the program says of a key's value, wherever it is.
func mistakes(file, name, value string) []string {
	_, err := tuner.LoadConfig(strings.NewReader(fmt.Sprintf(file, name+": "+value)), "f")
	var all []string
	if problems := (*tuner.ConfigError)(nil); errors.As(err, &problems) {
		for _, p := range problems.Problems {
			if strings.HasSuffix("."+p.Key, "."+name) {
				all = append(all, p.Text)
			}
		}
	}
	return all
}

// wordsOf returns the last column of a table by the first.
func wordsOf(table string) map[string]string {
	words := map[string]string{}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if name, ok := strings.CutPrefix(cells[0], "| `"); ok {
			words[strings.TrimSuffix(name, "`")] = strings.TrimSuffix(cells[len(cells)-1], " |")
		}
	}
	return words
}

// printedDefaults returns what --print-defaults prints by its keys.
func printedDefaults(t *testing.T) map[string]string {
	t.Helper()
	var text bytes.Buffer
	if err := tuner.PrintDefaults(&text); err != nil {
		t.Fatal(err)
	}
	var all any
	if err := yaml.Unmarshal(text.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	flatten(all, "", found)
	for _, example := range []string{"sources.connections.type", "sources.prom.url", "sources.prom.latency", "sources.prom.requests", "sources.prom.errors", "services.0.match"} {
		delete(found, example)
	}
	c, err := tuner.LoadConfig(strings.NewReader("{coordination: {etcd: {endpoints: ['http://a'], prefix: /a}}, services: [{match: '*'}]}"), "f")
	if err != nil {
		t.Fatal(err)
	}
	found["coordination.etcd.ttl"] = c.Etcd.TTL.String() // which is not printed, as there is no etcd by default
	return found
}

func flatten(value any, path string, into map[string]string) {
	switch v := value.(type) {
	case map[string]any:
		for name, below := range v {
			flatten(below, path+name+".", into)
		}
	case []any:
		var values []string
		for i, below := range v {
			if _, mapping := below.(map[string]any); mapping {
				flatten(below, fmt.Sprintf("%s%d.", path, i), into)
			} else {
				values = append(values, fmt.Sprint(below))
			}
		}
		if len(values) > 0 {
			into[strings.TrimSuffix(path, ".")] = "[" + strings.Join(values, ", ") + "]"
		}
	default:
		into[strings.TrimSuffix(path, ".")] = fmt.Sprint(v)
	}
}
