package ipvs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAppendSysctl(t *testing.T) {
	tests := []struct {
		name, setting, content string
		want                   []Sysctl
	}{
		{"empty", "est_cpulist", "\n", nil},
		{"over 64 bits", "amemthresh", "9223372036854775808\n", []Sysctl{{Name: "amemthresh", Text: "9223372036854775808"}}},
		{"not UTF-8", "est_cpulist", "0-\xff\n", []Sysctl{{Name: "est_cpulist", Text: "0-\uFFFD"}}},
		{"three numbers", "sync_threshold", "3 50 1\n", []Sysctl{{Name: "sync_threshold", Text: "3 50 1"}}},
		{"two numbers of another", "sync_ports", "1 2\n", []Sysctl{{Name: "sync_ports", Text: "1 2"}}},
		{"a number", "est_nice", "-20\n", []Sysctl{{Name: "est_nice", Value: -20}}},
		{"CPUs", "est_cpulist", "0-3,8\n", []Sysctl{{Name: "est_cpulist", Text: "0-3,8"}}},
		{"one CPU", "est_cpulist", "2\n", []Sysctl{{Name: "est_cpulist", Text: "2"}}},
		{"two names", "sync_threshold", "3\t50\n", []Sysctl{{Name: "sync_threshold", Value: 3}, {Name: "sync_period", Value: 50}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := appendSysctl(nil, test.setting, []byte(test.content)); !slices.Equal(got, test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// What may not be read is left out as long as anything may.
func TestCollectSysctls(t *testing.T) {
	denied := &fs.PathError{Op: "open", Path: "amemthresh", Err: fs.ErrPermission}
	read := func(name string) ([]byte, error) {
		switch name {
		case "amemthresh":
			return nil, denied
		case "lblc_expiration":
			return nil, fs.ErrNotExist
		}
		return []byte("1\n"), nil
	}
	tests := []struct {
		name    string
		files   []string
		want    []Sysctl
		wantErr error
	}{
		{"none may be read", []string{"amemthresh", "lblc_expiration"}, nil, denied},
		{"none is left", []string{"lblc_expiration"}, nil, nil},
		{"one may be read", []string{"amemthresh", "conntrack"}, []Sysctl{{Name: "conntrack", Value: 1}}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := collectSysctls(test.files, read)
			if !slices.Equal(got, test.want) || !errors.Is(err, test.wantErr) {
				t.Errorf("got %+v, %v, want %+v, %v", got, err, test.want, test.wantErr)
			}
		})
	}
}

func FuzzAppendSysctl(f *testing.F) {
	for _, folder := range captures {
		text, err := os.ReadFile(filepath.Join(folder, "sysctls"))
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			name, content, _ := strings.Cut(line, ":")
			f.Add(name, content)
		}
	}
	f.Fuzz(func(t *testing.T, name, content string) {
		for _, s := range appendSysctl(nil, name, []byte(content)) {
			if s.Text != "" && s.Value != 0 || !utf8.ValidString(s.Text) {
				t.Errorf("setting %+v", s)
			}
		}
	})
}
