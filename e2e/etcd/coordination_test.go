//go:build lab

package etcd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

const (
	lan = `ip link add lan type bridge
ip link set lan up
ip addr add 10.9.0.1/24 dev lan
ip link set lo up
`
	host = `ip netns add $name
ip link add $name type veth peer name eth0 netns $name
ip link set $name master lan up
ip -n $name addr add 10.9.0.$number/24 dev eth0
ip -n $name link set eth0 up
ip -n $name link set lo up
`
	endpoints = "http://10.9.0.11:2379,http://10.9.0.12:2379,http://10.9.0.13:2379"
)

// sh runs a shell script, up to a command that fails.
func sh(t *testing.T, script string) string {
	t.Helper()
	out, err := exec.Command("sh", "-ec", script).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	return string(out)
}

// start starts a program in a network namespace until the end of the test. What
// it prints is logged if the test fails.
func start(t *testing.T, netns string, command ...string) {
	t.Helper()
	cmd := exec.Command("ip", append([]string{"netns", "exec", netns}, command...)...)
	out := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s said\n%s", netns, out)
		}
	})
}

// eventually tries until it is so.
func eventually(t *testing.T, try func() error) {
	t.Helper()
	deadline := time.Now().Add(90 * time.Second)
	for {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not so after 90 s: %v", err)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// director is a director with a tuner.
type director struct {
	*testing.T
	name string
}

// arrange makes a director of two servers with these weights.
func arrange(t *testing.T, name string, number int, weights ...int) director {
	t.Helper()
	sh(t, fmt.Sprintf("name=%s number=%d\n", name, number)+host)
	table := "-A -t 10.0.1.100:80 -s mh\n"
	for i, w := range weights {
		table += fmt.Sprintf("-a -t 10.0.1.100:80 -r 10.0.2.%d:80 -m -w %d\n", i+1, w)
	}
	sh(t, "ip netns exec "+name+" ipvsadm -R <<END\n"+table+"END")
	folder := t.TempDir()
	config := filepath.Join(folder, "config")
	text := fmt.Sprintf(`interval: 4s
state_file: %s/state.json
coordination: {etcd: {endpoints: ['%s'], prefix: /weight-tuner/lab, name: %s, ttl: 5s}}
services: [{match: 'tcp/*', settle: 0s}]
`, folder, strings.ReplaceAll(endpoints, ",", "', '"), name)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, name, "weight-tuner", "run", "--web.listen-address=127.0.0.1:9976", "--config.file="+config)
	return director{t, name}
}

// weights returns the weights of the director's servers, in order.
func (d director) weights() string {
	d.Helper()
	var weights []string
	lines := strings.Split(sh(d.T, "ip netns exec "+d.name+" ipvsadm -S -n"), "\n")
	slices.Sort(lines)
	for _, line := range lines {
		if _, weight, is := strings.Cut(line, " -w "); is {
			weights = append(weights, strings.Fields(weight)[0])
		}
	}
	return strings.Join(weights, " ")
}

func (d director) await(weights string) {
	d.Helper()
	eventually(d.T, func() error {
		if got := d.weights(); got != weights {
			return fmt.Errorf("%s has the weights %s, not %s; its plan:\n%s", d.name, got, weights, d.plan())
		}
		return nil
	})
}

// edit has an operator set the weight of the first server.
func (d director) edit(weight int) {
	d.Helper()
	sh(d.T, fmt.Sprintf("ip netns exec %s ipvsadm -e -t 10.0.1.100:80 -r 10.0.2.1:80 -m -w %d", d.name, weight))
}

func (d director) plan() string {
	out, _ := exec.Command("ip", "netns", "exec", d.name, "wget", "-qO", "-", "http://127.0.0.1:9976/plan").CombinedOutput()
	return string(out)
}

func (d director) awaitPlan(part string) {
	d.Helper()
	eventually(d.T, func() error {
		if got := d.plan(); !strings.Contains(got, part) {
			return fmt.Errorf("the plan of %s says no %q:\n%s", d.name, part, got)
		}
		return nil
	})
}

func (d director) link(state string) { d.Helper(); sh(d.T, "ip link set "+d.name+" "+state) }

// startEtcd starts three members.
func startEtcd(t *testing.T) {
	t.Helper()
	sh(t, lan)
	cluster := "etcd1=http://10.9.0.11:2380,etcd2=http://10.9.0.12:2380,etcd3=http://10.9.0.13:2380"
	for i := 1; i <= 3; i++ {
		name, at := fmt.Sprintf("etcd%d", i), fmt.Sprintf("http://10.9.0.%d", 10+i)
		sh(t, fmt.Sprintf("name=%s number=%d\n", name, 10+i)+host)
		start(t, name, "etcd", "--name="+name, "--data-dir="+t.TempDir(), "--heartbeat-interval=300", "--election-timeout=3000", "--unsafe-no-fsync",
			"--listen-peer-urls="+at+":2380", "--initial-advertise-peer-urls="+at+":2380", "--initial-cluster="+cluster,
			"--listen-client-urls="+at+":2379", "--advertise-client-urls="+at+":2379")
	}
	eventually(t, func() error {
		answer, err := http.Get("http://10.9.0.11:2379/health")
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if text, _ := io.ReadAll(answer.Body); !strings.Contains(string(text), `"true"`) {
			return errors.New(string(text))
		}
		return nil
	})
}

// planners are those who have published, in the order of the plan's versions.
type planners struct {
	mutex sync.Mutex
	names []string
}

// watch notes each version of the plan.
func watch(t *testing.T) *planners {
	t.Helper()
	client, err := clientv3.New(clientv3.Config{Endpoints: strings.Split(endpoints, ",")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	p, versions := &planners{}, client.Watch(context.Background(), "/weight-tuner/lab/plan", clientv3.WithRev(1))
	go func() {
		for changes := range versions {
			for _, e := range changes.Events {
				var plan struct{ Planner string }
				_ = json.Unmarshal(e.Kv.Value, &plan) // "" is seen
				p.mutex.Lock()
				p.names = append(p.names, plan.Planner)
				p.mutex.Unlock()
			}
		}
	}()
	return p
}

// terms returns the planners without those that follow themselves.
func (p *planners) terms() []string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return slices.Compact(slices.Clone(p.names))
}

// Two directors that serve at once have equal weights, whoever plans, as etcd and
// the directors are cut off and come back. A planner that is cut off writes
// nothing, and is followed by the other one.
func TestCoordination(t *testing.T) {
	startEtcd(t)
	versions := watch(t)
	one := arrange(t, "one", 21, 5, 2)
	one.awaitPlan("tcp/10.0.1.100:80")
	eventually(t, func() error {
		if got := versions.terms(); !slices.Equal(got, []string{"one"}) {
			return fmt.Errorf("published by %v", got)
		}
		return nil
	})
	two := arrange(t, "two", 22, 1, 1)
	two.await("5 2")
	two.awaitPlan("planned by one")

	// An operator's word to the planner is everybody's.
	one.edit(7)
	two.await("7 2")

	// The planner is cut off: it stops, and the other one plans from what stands.
	one.link("down")
	one.awaitPlan("who plans is not known")
	eventually(t, func() error {
		if got := versions.terms(); !slices.Equal(got, []string{"one", "two"}) {
			return fmt.Errorf("published by %v", got)
		}
		return nil
	})
	two.edit(9)
	two.awaitPlan("9")
	if got := one.weights(); got != "7 2" {
		t.Errorf("cut off it has written %s", got)
	}
	one.link("up")
	one.await("9 2")
	one.awaitPlan("planned by two")

	// etcd itself loses its majority: all hold until it is back.
	sh(t, "ip link set etcd1 down; ip link set etcd2 down")
	one.awaitPlan("who plans is not known")
	two.awaitPlan("who plans is not known")
	sh(t, "ip link set etcd1 up; ip link set etcd2 up")
	eventually(t, func() error {
		if plans := one.plan() + two.plan(); strings.Contains(plans, "who plans is not known") {
			return errors.New(plans)
		}
		return nil
	})
	if a, b := one.weights(), two.weights(); a != "9 2" || b != a {
		t.Errorf("in the end the weights are %s and %s", a, b)
	}
	t.Logf("published by %v", versions.terms())
}
