package yamlfile

import (
	"errors"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// What follows is of the kinds that the configuration of other modules has.

type secret string

func (s *secret) UnmarshalYAML(unmarshal func(any) error) error {
	type plain secret
	return unmarshal((*plain)(s))
}

type address struct{ *url.URL }

func (a *address) UnmarshalYAML(unmarshal func(any) error) error {
	var text string
	if err := unmarshal(&text); err != nil {
		return err
	}
	var err error
	a.URL, err = url.Parse(text)
	return err
}

type login struct {
	Name     string `yaml:"name,omitempty"`
	Password secret `yaml:"password"`
}

func (l *login) Validate() error {
	if l.Name == "" {
		return errors.New("nobody")
	}
	return nil
}

type proxy struct {
	Proxy address `yaml:"proxy"`
}

type headers struct {
	Headers map[string][]string `yaml:",inline"`
}

type client struct {
	Login   *login   `yaml:"login"`
	Follow  bool     `yaml:"follow"`
	Headers *headers `yaml:"headers"`
	Ref     string   `yaml:"name_ref"`
	Untold  int
	proxy   `yaml:",inline"`
}

func readClient(t *testing.T, text string) (got client, lines []string) {
	t.Helper()
	got.Follow = true
	lines = linesOf(t, text, func(v Value) {
		v.Structure(&got, func(key string) bool { return strings.HasSuffix(key, "_ref") })
	})
	return got, lines
}

func TestStructureMistakes(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"not a mapping", "- 1\n", []string{"f:1: is not a mapping of keys to values"}},
		{"unknown key", "follow: true\nuser: x\n", []string{"f:2: user: unknown key, known here: follow, headers, login, proxy"}},
		{"key that is skipped", "name_ref: x\n", []string{"f:1: name_ref: unknown key, known here: follow, headers, login, proxy"}},
		{"unknown key below", "login:\n  name: x\n  pass: y\n", []string{"f:3: login.pass: unknown key, known here: name, password"}},
		{"not a boolean", "follow: 'true'\n", []string{"f:1: follow: true is neither true nor false"}},
		{"a number for a secret", "login: {name: x, password: 12345}\n", []string{
			"f:1: login.password: is not a text; quote it if it is meant as one"}},
		{"a mapping for a secret", "login: {name: x, password: {a: b}}\n", []string{
			"f:1: login.password: is not a text; quote it if it is meant as one"}},
		{"what a structure finds itself", "login:\n  password: x\n", []string{"f:2: login: nobody"}},
		{"what a scalar finds itself", "proxy: 'http://%'\n", []string{`f:1: proxy: is not a URL`}},
		{"not a sequence", "headers: {A: b}\n", []string{"f:1: headers.A: is not a sequence"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, got := readClient(t, test.text); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestStructure(t *testing.T) {
	got, lines := readClient(t, `
login: {name: x, password: 'y'}
headers: {A: [b, c]}
proxy: http://10.0.0.9:3128
`)
	if len(lines) > 0 {
		t.Fatalf("mistakes %q", lines)
	}
	want := client{
		Login: &login{"x", "y"}, Follow: true, Headers: &headers{map[string][]string{"A": {"b", "c"}}},
		proxy: proxy{address{&url.URL{Scheme: "http", Host: "10.0.0.9:3128"}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}
