package tuner

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// LoadConfig reads a configuration in YAML. name is the file's, for errors. A
// mistaken configuration gives a *ConfigError with every mistake.
func LoadConfig(r io.Reader, name string) (Config, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return Config{}, fmt.Errorf("read %s: %w", name, err)
	}
	var documents []yaml.Node
	if err := yaml.Load(data, &documents, yaml.WithAllDocuments()); err != nil {
		return Config{}, configError(name, []Problem{syntaxProblem(err)})
	}
	var problems []Problem
	if p, ok := notOneDocument(documents); ok {
		return Config{}, configError(name, []Problem{p})
	}
	c := readConfig(value{documents[0].Content[0], "", &problems})
	if len(problems) > 0 {
		return Config{}, configError(name, problems)
	}
	return c, nil
}

// syntaxProblem returns what the YAML parser found.
func syntaxProblem(err error) Problem {
	var load *yaml.LoadError
	if errors.As(err, &load) {
		return Problem{Line: load.Mark.Line, Text: load.Message}
	}
	return Problem{Text: err.Error()}
}

// notOneDocument reports an empty file, or one that has a second document.
func notOneDocument(documents []yaml.Node) (Problem, bool) {
	switch {
	case len(documents) > 1:
		return Problem{Line: documents[1].Line, Text: "a second document begins here; one is read"}, true
	case len(documents) == 0, len(documents[0].Content) == 0, documents[0].Content[0].ShortTag() == "!!null":
		return Problem{Line: 1, Text: "the configuration is empty"}, true
	}
	return Problem{}, false
}

func readConfig(v value) Config {
	c := defaultConfig()
	var services []value
	v.fields(map[string]func(value){
		// The kernel's counters are snapshots taken every two seconds.
		"interval":   func(v value) { v.duration(&c.Interval, 4*time.Second, 10*time.Minute, 2*time.Second) },
		"state_file": func(v value) { v.text(&c.StateFile) },
		"sources":    func(v value) { readSources(v, c.Sources) },
		"services":   func(v value) { v.items(func(item value) { services = append(services, item) }) },
	})
	for _, s := range services {
		c.Services = append(c.Services, readService(s, c))
	}
	v.require("services")
	return c
}

func readSources(v value, into map[string]Source) {
	v.entries(func(name string, entry value) {
		var s Source
		entry.fields(map[string]func(value){
			"type": func(v value) { choice(v, &s.Type, Connections) },
		})
		entry.require("type")
		into[name] = s
	})
}

// readService reads an entry of services; the sources and the entries before
// it are in c.
func readService(v value, c Config) ServiceConfig {
	s := defaultService()
	v.fields(map[string]func(value){
		"match":   func(v value) { readMatch(v, &s.Match, c.Services) },
		"policy":  func(v value) { choice(v, &s.Policy, Policies()...) },
		"source":  func(v value) { readSourceName(v, &s.Source, c.Sources) },
		"weights": func(v value) { readWeights(v, &s.Weights) },
	})
	v.require("match")
	return s
}

func readMatch(v value, into *string, before []ServiceConfig) {
	v.text(into)
	if *into == "" {
		return
	}
	if !strings.ContainsAny(*into, "*?") {
		if _, err := ipvs.ParseServiceID(*into); err != nil {
			v.problem("%s", err)
		}
	} else if strings.Trim(*into, "abcdefghijklmnopqrstuvwxyz0123456789/.:[]*?") != "" {
		v.problem("%s matches no virtual service: those look like tcp/10.0.0.1:80 and fwm/258", *into)
	}
	for i, s := range before {
		if s.Match == *into {
			v.problem("%s is the match of services[%d] already", *into, i)
		}
	}
}

func readSourceName(v value, into *string, sources map[string]Source) {
	var name string
	v.text(&name)
	if name == "" {
		return
	}
	if _, ok := sources[name]; !ok {
		v.problem("%s is not one of the sources", name)
		return
	}
	*into = name
}

func readWeights(v value, into *Weights) {
	v.fields(map[string]func(value){
		"min":              func(v value) { v.integer(&into.Min, 1, 65535) },
		"max":              func(v value) { v.integer(&into.Max, 1, 65535) },
		"max_change_ratio": func(v value) { v.ratio(&into.MaxChangeRatio) },
	})
	if into.Min > into.Max {
		v.problem("min %d is above max %d", into.Min, into.Max)
	}
}
