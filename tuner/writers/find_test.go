package writers

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// host returns a host with these files, name and text in turn.
func host(files ...string) fstest.MapFS {
	root := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		root[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return root
}

const checks = `
virtual_server 10.0.0.1 80 {
    real_server 10.0.0.2 80 {
        MISC_CHECK {
            misc_path "/usr/bin/load 10.0.0.2"
            misc_dynamic
        }
    }
}
`

func TestFind(t *testing.T) {
	plain := strings.Replace(checks, "misc_dynamic", "! misc_dynamic # FILE_CHECK", 1)
	const daemon = "/usr/sbin/keepalived\x00--dont-fork\x00"
	tests := []struct {
		name       string
		root       fstest.MapFS
		interfaces []string
		want       []string
		wantErr    string
	}{
		{"nothing", host(), nil, nil, ""},
		{"other interfaces", host(), []string{"lo", "kube-ipvs00"}, nil, ""},
		{"no process", host("run/ldirectord.pid", "12\n"), nil, nil, ""},
		{"another process by now", host("run/ldirectord.pid", "12\n", "proc/12/cmdline", "/bin/sh\x00"), nil, nil, ""},
		{"process of the kernel", host("run/ldirectord.pid", "12\n", "proc/12/cmdline", ""), nil, nil, ""},
		{"no identifier", host("run/ldirectord.pid", "../12", "proc/12/cmdline", "ldirectord\x00"), nil, nil, ""},
		{"identifier too long", host("run/ldirectord.pid", strings.Repeat(" ", 64)+"12", "proc/12/cmdline", "ldirectord\x00"), nil, nil, ""},
		{"plain keepalived", host("run/keepalived.pid", "7\n", "proc/7/cmdline", daemon, "etc/keepalived/keepalived.conf", plain), nil, nil, ""},
		{"keepalived without its configuration", host("run/keepalived.pid", "7\n", "proc/7/cmdline", daemon), nil, nil,
			"configuration of keepalived: open etc/keepalived/keepalived.conf: file does not exist"},
		{"stopped keepalived", host("run/keepalived.pid", "7\n", "etc/keepalived/keepalived.conf", checks), nil, nil, ""},
		{"kube-proxy", host(), []string{"lo", "kube-ipvs0"}, []string{"kube-proxy (interface kube-ipvs0)"}, ""},
		{"ldirectord", host("run/ldirectord.web.pid", "12\n", "proc/12/cmdline", "/usr/bin/perl\x00-w\x00/usr/sbin/ldirectord\x00start\x00"), nil,
			[]string{"ldirectord (/run/ldirectord.web.pid)"}, ""},
		{"keepalived", host("run/keepalived/keepalived.pid", "7", "proc/7/cmdline", daemon, "etc/keepalived/keepalived.conf", checks), nil,
			[]string{"keepalived (misc_dynamic in /etc/keepalived/keepalived.conf)"}, ""},
		{"all", host("run/ldirectord.pid", "12\n", "proc/12/cmdline", "ldirectord\x00", "run/keepalived.pid", "7",
			"proc/7/cmdline", "keepalived\x00-f\x00/a/b.conf\x00", "a/b.conf", checks), []string{"kube-ipvs0"},
			[]string{"kube-proxy (interface kube-ipvs0)", "ldirectord (/run/ldirectord.pid)", "keepalived (misc_dynamic in /a/b.conf)"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Find(test.root, test.interfaces)
			if !slices.Equal(got, test.want) || (err != nil) != (test.wantErr != "") || err != nil && err.Error() != test.wantErr {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestConfigFile(t *testing.T) {
	for command, want := range map[string]string{
		"keepalived":                  keepalivedFile,
		"keepalived -f":               keepalivedFile,
		"keepalived -D -f /a":         "/a",
		"keepalived -f/a":             "/a",
		"keepalived --use-file=/a":    "/a",
		"keepalived --use-file /a -n": "/a",
	} {
		if got := configFile(strings.Fields(command)); got != want {
			t.Errorf("%s: got %s", command, got)
		}
	}
}

func TestIncludes(t *testing.T) {
	tests := []struct {
		name string
		root fstest.MapFS
		want string
	}{
		{"circle", host("a/k.conf", "include k.conf\ninclude /b/*.conf\n", "b/1.conf", "include ../a/k.conf\n"), ""},
		{"none such", host("a/k.conf", "include b/*\ninclude [\ninclude\n"), ""},
		{"not included", host("a/k.conf", "#include b\n", "a/b", "FILE_CHECK {"), ""},
		{"quoted", host("a/k.conf", "include \"b c\"\n", "a/b c", "real_server 10.0.0.2 80 { FILE_CHECK {\n"), "FILE_CHECK in /a/b c"},
		{"deep", host("a/k.conf", "includer b/*.conf", "a/b/1.conf", "include c.conf\n", "a/b/c.conf", "FILE_CHECK {\n"), "FILE_CHECK in /a/b/c.conf"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := dynamicWeights(test.root, []string{"keepalived", "-f", "/a/k.conf"})
			if got != test.want || err != nil {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestWordsOf(t *testing.T) {
	tests := []struct {
		line string
		want []string
	}{
		{"", nil},
		{"  ! all of it", nil},
		{"a 'b # \"c' d#e", []string{"a", "b # \"c", "d"}},
		{"a \"\"", []string{"a", ""}},
		{"a{b}\n", []string{"a", "b"}},
		{"\"a", []string{"a"}},
	}
	for _, test := range tests {
		if got := wordsOf(test.line); !slices.Equal(got, test.want) {
			t.Errorf("%q: got %q", test.line, got)
		}
	}
}

// Whatever a configuration says, what it includes is found out in bounds, and no
// file outside of the root is asked for.
func FuzzDynamicWeights(f *testing.F) {
	f.Add(checks)
	f.Add("include ../../*\ninclude \"\"\ninclude a\nincludew [\n")
	f.Fuzz(func(t *testing.T, text string) {
		root := valid{t, host("a/k.conf", text, "a/b", text)}
		got, err := dynamicWeights(root, []string{"keepalived", "-f", "/a/k.conf"})
		if got != "" && !strings.Contains(text, "misc_dynamic") && !strings.Contains(text, "FILE_CHECK") {
			t.Errorf("found %s", got)
		}
		if err != nil {
			t.Error(err)
		}
	})
}

// valid wants names to be those of files.
type valid struct {
	t    *testing.T
	root fs.FS
}

func (v valid) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		v.t.Errorf("asked for %q", name)
	}
	return v.root.Open(name)
}
