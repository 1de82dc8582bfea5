package names

import (
	"encoding/json"
	"os"
	"testing"
	"time"
)

// FuzzSwarm joins whatever lists an engine may send, twice, as what is listed no
// more is kept for a while.
func FuzzSwarm(f *testing.F) {
	var seeds [3][]byte
	for i, name := range []string{"services", "tasks", "networks"} {
		var err error
		if seeds[i], err = os.ReadFile("testdata/docker/" + name + ".json"); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(seeds[0], seeds[1], seeds[2])
	f.Add([]byte(`[{"Endpoint":{"VirtualIPs":[{"Addr":"10.0.0.2/99"}]}}]`), []byte(`[{"NetworksAttachments":[{"Addresses":["::/0","x"]}]}]`), []byte(`[null]`))
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f.Fuzz(func(t *testing.T, services, tasks, networks []byte) {
		var s []dockerService
		var ts []dockerTask
		var n []dockerNetwork
		if json.Unmarshal(services, &s) != nil || json.Unmarshal(tasks, &ts) != nil || json.Unmarshal(networks, &n) != nil {
			return
		}
		before := newSwarm(s, ts, n)
		after := newSwarm(s, nil, n)
		after.keep(before, now)
		for address, name := range before.anywhere.servers {
			if !address.IsValid() || name != "" && after.anywhere.servers[address] != name {
				t.Errorf("%s was %q and is %q", address, name, after.anywhere.servers[address])
			}
		}
	})
}
