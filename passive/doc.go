// Package passive times what real servers take, from the packets that a
// director forwards to them.
//
// A small program within the kernel (bpf/latency.c) is called for each packet
// of TCP and UDP of IPVS, in all network namespaces, and keeps histograms for each real server.
// docs/decisions/0015-latency-at-the-director.md says how, and what it cannot see.
package passive

//go:generate go tool bpf2go -cc clang-19 -strip llvm-strip-19 -cflags "-O2 -mcpu=v3 -Wall -Werror" -output-stem latency latency bpf/latency.c
//go:generate go tool bpf2go -cc clang-19 -strip llvm-strip-19 -cflags "-O2 -mcpu=v3 -Wall -Werror -DKPROBE" -target amd64,arm64 -no-global-types -output-stem kprobe kprobe bpf/latency.c
