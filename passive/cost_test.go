package passive

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"github.com/cilium/ebpf"
)

// costClients is how many the objects have (bpf/cost.c).
const costClients = 10_000

// step is a packet of each client (bpf/cost.c).
type step struct{ Flags, Payload, Busy, Answers, Method, Called uint64 }

// BenchmarkPacket measures what the program takes for a packet in the running
// kernel, beyond what it takes to make the packet up. It needs root, Linux 6.17, and
// objects that make cost compiles.
func BenchmarkPacket(b *testing.B) {
	const server, fin, syn, ack, data = 256, 1, 2, 16, 16
	masq := []step{{Flags: syn}, {Flags: server | syn | ack}, {Flags: ack}}
	route := []step{{Flags: syn}, {Flags: ack, Answers: 1, Busy: 20}} // from so far that other connections are to tell
	request := step{Flags: data, Payload: 200}
	answer := step{Flags: server | data, Payload: 1000, Busy: 20}
	answered := step{Flags: ack, Answers: 1000, Busy: 20}
	masqueraded := slices.Concat(masq, []step{request, answer, {Flags: ack | fin}, {Flags: server | fin | ack}, {Flags: ack}})
	routed := slices.Concat(route, []step{request, answered, {Flags: ack | fin, Answers: 1}})
	tests := []struct {
		name          string
		method        uint64
		samples       uint64 // of a client, in each round
		before, round []step
		anew          bool // each connection takes a new entry of the map
	}{
		{"NAT, keep-alive", 0, 1, masq, []step{request, answer, {Flags: ack}}, false},
		{"NAT, a connection each", 0, 2, nil, masqueraded, false},
		{"NAT, a new entry each", 0, 2, nil, masqueraded, true},
		{"NAT, more of an answer", 0, 0, slices.Concat(masq, []step{request, answer}),
			[]step{{Flags: server | data, Payload: 1000}, {Flags: ack}}, false},
		{"DR, keep-alive", 3, 1, slices.Repeat(route, 3), []step{request, answered}, false},
		{"DR, a connection each", 3, 1, slices.Repeat(route, 3), routed, false},
		{"DR, a new entry each", 3, 1, slices.Repeat(route, 3), routed, true},
		{"DR, more of an answer", 3, 0, slices.Concat(route, []step{request, answered}), []step{{Flags: ack, Answers: 1000}}, false},
	}
	for _, object := range []string{"fentry", "kprobe"} {
		for _, test := range tests {
			b.Run(object+"/"+test.name, func(b *testing.B) {
				least := [2]uint64{math.MaxUint64, math.MaxUint64} // as others use the machine, too
				for called := range uint64(2) {
					k := newCost(b, object, test.method, called)
					for _, s := range test.before {
						k.send(s)
					}
					timed := k.samples()
					for range b.N {
						var took uint64
						if test.anew {
							k.forget()
						}
						for _, s := range test.round {
							took += k.send(s)
						}
						least[called] = min(least[called], took)
					}
					if got, want := k.samples()-timed, called*test.samples*costClients*uint64(b.N); got != want {
						b.Errorf("%d samples, want %d", got, want)
					}
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric((float64(least[1])-float64(least[0]))/float64(len(test.round)*costClients), "ns/packet")
			})
		}
	}
}

// cost has the kernel send packets to nobody but the program.
type cost struct {
	*testing.B
	objects        *ebpf.Collection
	method, called uint64 // if 0, the program is not called
}

func newCost(b *testing.B, object string, method, called uint64) *cost {
	b.Helper()
	spec, err := ebpf.LoadCollectionSpec("../.cache/cost-" + object + ".o")
	if err != nil {
		b.Fatal(err)
	}
	if err := spec.Variables[latencyVarBounds].Set(boundsInKernel()); err != nil {
		b.Fatal(err)
	}
	objects, err := ebpf.NewCollection(spec)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(objects.Close)
	k := &cost{b, objects, method, called}
	k.run("begin_all", step{})
	return k
}

// forget empties the map of connections.
func (k *cost) forget() {
	k.Helper()
	var keys []uint64
	var key uint64
	var value latencyConnection
	entries := k.objects.Maps[latencyMapConnections].Iterate()
	for entries.Next(&key, &value) {
		keys = append(keys, key)
	}
	if err := entries.Err(); err != nil {
		k.Fatal(err)
	}
	for _, key := range keys {
		if err := k.objects.Maps[latencyMapConnections].Delete(key); err != nil {
			k.Fatal(err)
		}
	}
}

// send returns how many ns it took for all clients.
func (k *cost) send(s step) uint64 {
	k.Helper()
	k.run("send_all", s)
	var clock struct{ Now, Took uint64 }
	if err := k.objects.Maps["clocks"].Lookup(uint32(0), &clock); err != nil {
		k.Fatal(err)
	}
	return clock.Took
}

func (k *cost) run(program string, s step) {
	k.Helper()
	s.Method, s.Called = k.method, k.called
	var context bytes.Buffer
	if err := binary.Write(&context, binary.NativeEndian, s); err != nil {
		k.Fatal(err)
	}
	if _, err := k.objects.Programs[program].Run(&ebpf.RunOptions{Context: context.Bytes()}); err != nil {
		k.Fatal(err)
	}
}

func (k *cost) samples() (n uint64) {
	k.Helper()
	var (
		key     latencyServerKey
		value   latencyHistogram
		entries = k.objects.Maps[latencyMapServers].Iterate()
	)
	for entries.Next(&key, &value) {
		for _, in := range value.Buckets {
			n += in
		}
	}
	if err := entries.Err(); err != nil {
		k.Fatal(err)
	}
	return n
}
