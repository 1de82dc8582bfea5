package names

import (
	"net/http"
	"testing"
	"time"
)

// task is one of the service shop, at an address in the networks.
func task(slot int, address string, networks ...string) dockerTask {
	t := dockerTask{ServiceID: "shop", Slot: slot}
	for _, network := range networks {
		t.NetworksAttachments = append(t.NetworksAttachments, struct {
			Network   struct{ ID string }
			Addresses []string
		}{struct{ ID string }{network}, []string{address + "/24"}})
	}
	return t
}

func TestStoppingTasks(t *testing.T) {
	service := dockerService{ID: "shop"}
	service.Spec.Name = "shop"
	one := task(1, "10.0.1.3", "front")
	type list struct {
		after time.Duration // since the first
		tasks []dockerTask
	}
	tests := []struct {
		name             string
		lists            []list
		front, elsewhere string // names of 10.0.1.3 in the end
	}{
		{"was never listed", []list{{0, nil}, {time.Second, nil}}, "", ""},
		{"missed for long", []list{{0, []dockerTask{one}}, {time.Hour, nil}, {time.Hour + stoppingFor, nil}}, "", ""},
		{"missed for long, in many lists", []list{
			{0, []dockerTask{one}}, {1, nil}, {stoppingFor / 2, nil}, {stoppingFor, nil}, {stoppingFor + 1, nil}}, "", ""},
		{"another task has the address", []list{{0, []dockerTask{one}}, {1, []dockerTask{task(2, "10.0.1.3", "front")}}}, "shop.2", "shop.2"},
		{"so it has when it is missed too", []list{
			{0, []dockerTask{one}}, {1, []dockerTask{task(2, "10.0.1.3", "front")}}, {2, nil}}, "shop.2", "shop.2"},
		{"another network has the address", []list{{0, []dockerTask{one}}, {1, []dockerTask{task(2, "10.0.1.3", "twin")}}}, "shop.1", "shop.2"},
		{"missed for a while", []list{{0, []dockerTask{one}}, {time.Hour, nil}, {time.Hour + stoppingFor - 1, nil}}, "shop.1", "shop.1"},
		{"listed again and missed again", []list{
			{0, []dockerTask{one}}, {1, nil}, {stoppingFor, []dockerTask{one}}, {2 * stoppingFor, nil}}, "shop.1", "shop.1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var s *swarm
			for _, list := range test.lists {
				next := newSwarm([]dockerService{service}, list.tasks, []dockerNetwork{{ID: "front"}, {ID: "twin"}})
				next.keep(s, time.Unix(1e9, 0).Add(list.after))
				s = next
			}
			if got := s.server("lb_front", serverID("10.0.1.3:0")); got != test.front {
				t.Errorf("got %q in its network, want %q", got, test.front)
			}
			if got := s.server("", serverID("10.0.1.3:0")); got != test.elsewhere {
				t.Errorf("got %q elsewhere, want %q", got, test.elsewhere)
			}
		})
	}
}

func TestStoppingTasksInTheNextRead(t *testing.T) {
	lists := 0
	host := engine(t, map[string]http.HandlerFunc{"/v1.44/tasks": func(w http.ResponseWriter, r *http.Request) {
		if lists++; lists == 1 {
			http.ServeFile(w, r, "testdata/docker/tasks.json")
			return
		}
		_, _ = w.Write([]byte("[]"))
	}})
	n, err := New(Options{Docker: host})
	must(t, err)
	for range 2 {
		must(t, n.readDocker(t.Context()))
	}
	if name := n.Server("ingress_sbox", serverID("10.0.0.6:0")); lists != 2 || name != "shop.1" {
		t.Errorf("name %q after %d lists", name, lists)
	}
}
