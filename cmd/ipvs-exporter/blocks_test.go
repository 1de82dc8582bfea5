package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/daemon/daemontest"
	"github.com/ipvs-autopilot/ipvs-autopilot/internal/pages"
	"github.com/ipvs-autopilot/ipvs-autopilot/names"
)

// Each file of names in the documentation can be read, and each call of the
// program is one that it takes.
func TestDocumentedBlocks(t *testing.T) {
	blocks, err := pages.Blocks("../..")
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	for _, b := range blocks {
		t.Run(b.String(), func(t *testing.T) {
			switch {
			case b.Kind == "yaml names":
				expectNames(t, b.Text)
			case strings.HasPrefix(b.Kind, "sh "):
				calls += daemontest.ExpectTaken(t, application, b.Text)
			}
		})
	}
	if calls == 0 {
		t.Error("no block calls the program")
	}
}

// The example's container is one that the program's flags allow.
func TestKubernetesExample(t *testing.T) {
	text, err := os.ReadFile("../../examples/kubernetes/ipvs-exporter.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var set struct {
		Kind string
		Spec struct {
			Template struct {
				Spec struct {
					HostNetwork bool `yaml:"hostNetwork"`
					Containers  []struct {
						Args            []string
						SecurityContext struct {
							Capabilities struct{ Drop, Add []string }
						} `yaml:"securityContext"`
					}
				}
			}
		}
	}
	if err := yaml.Unmarshal(text, &set); err != nil {
		t.Fatal(err)
	}
	pod := set.Spec.Template.Spec
	if set.Kind != "DaemonSet" || !pod.HostNetwork || len(pod.Containers) != 1 {
		t.Fatalf("the example is %+v", set)
	}
	c := pod.Containers[0]
	if got := fmt.Sprint(c.SecurityContext.Capabilities); got != "{[ALL] [NET_ADMIN]}" {
		t.Errorf("capabilities %s", got)
	}
	if _, err := application().Parse(c.Args); err != nil {
		t.Error(err)
	}
}

func expectNames(t *testing.T, text string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "names.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := names.New(names.Options{File: file}); err != nil {
		t.Error(err)
	}
}
