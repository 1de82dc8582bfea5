// SPDX-License-Identifier: Apache-2.0 OR MIT OR GPL-2.0-only
//
// Runs latency.c in the running kernel, which need not be a director, with packets
// that are made up: see make cost. The program reads them as it reads the kernel's
// own, but what the kernel takes to call it is not in it.
#define preserve_access_index annotate("") // the structures are those of kernel.h
#include "kernel.h"
#define __builtin_preserve_field_info(field, kind) sizeof(field)

static void *(*const lookup)(void *map, const void *key) = (void *)1;
static long (*const bpf_loop)(__u32 times, void *function, void *context, __u64 flags) = (void *)181;

enum { BPF_MAP_TYPE_ARRAY = 2, CLIENTS = 10000, SERVERS = 100 };

// clock is that of the packets: samples depend on what they say alone. It takes
// as long to read as the kernel's.
struct clock {
	__u64 now, took; // ns
};

struct {
	map_number(type, BPF_MAP_TYPE_ARRAY);
	map_number(max_entries, 1);
	map_type(key, __u32);
	map_type(value, struct clock);
} clocks SEC(".maps");

inlined __u64 packets_clock(void)
{
	__u32 zero = 0;
	struct clock *c = lookup(&clocks, &zero);
	volatile __u64 taken = bpf_ktime_get_ns();
	(void)taken;
	return c ? c->now : 0;
}

#define bpf_ktime_get_ns packets_clock
#undef HOOK
#define HOOK(function) inlined

// What is not followed by itself from here, as it is from a hook's arguments, is to
// be declared readable at each step; that is no instruction.
#ifdef KPROBE
#define readable(pointer) (pointer)
#else
extern void *bpf_rdonly_cast(const void *object, __u32 type) SEC(".ksyms");
#define readable(pointer) bpf_rdonly_cast((void *)(unsigned long)(pointer), 0)
#undef read
#define read(field) ({ \
	__typeof__(field) got = (field); \
	if (__builtin_classify_type(got) == 5 /* a pointer */) \
		got = (__typeof__(field))(unsigned long)readable(got); \
	got; \
})
#endif
#include "latency.c"
#undef bpf_ktime_get_ns

struct client {
	struct netns_ipvs ipvs;
	struct net net;
	struct ip_vs_conn cp;
	struct ip_vs_dest dest;
	struct sk_buff skb;
	__u8 packet[52];
	__u32 sent, received, server_clock;
};

struct {
	map_number(type, BPF_MAP_TYPE_ARRAY);
	map_number(max_entries, CLIENTS);
	map_type(key, __u32);
	map_type(value, struct client);
} clients SEC(".maps");

enum { SERVER_SENDS = 256 }; // beside the flags of TCP

// step is a packet of each client.
struct step {
	__u64 flags, payload;
	__u64 busy;    // ms since the step before, after which the server sent this or what this acknowledges
	__u64 answers; // bytes that this acknowledges, of an answer that does not pass
	__u64 method, called;
};

static long connect(__u32 i, struct step *s)
{
	struct client *c = lookup(&clients, &i);
	if (!c)
		return 1;
	struct ip_vs_dest dest = {.af = AF_INET, .port = 80, .vport = 80, .addr = {{i % SERVERS}}, .vaddr = {{1}}};
	c->dest = dest;
	c->net.ns.inum = 1;
	c->ipvs.net = &c->net;
	c->cp.ipvs = &c->ipvs;
	c->cp.dest = &c->dest;
	c->cp.af = AF_INET;
	c->cp.cport = i;
	c->cp.caddr.all[0] = i;
	c->cp.flags = s->method;
	c->skb.head = c->packet;
	c->sent = i;
	c->received = i;
	return 0;
}

static long send(__u32 i, struct step *s)
{
	struct client *c = lookup(&clients, &i);
	if (!c)
		return 1;
	c->received += s->answers;
	c->server_clock += s->busy;
	__u32 up = s->flags & SERVER_SENDS;
	struct tcp_header tcp = {
		.seq = from_network(up ? c->received : c->sent), .ack = from_network(up ? c->sent : c->received),
		.offset = 8 << 4, .flags = s->flags, .options = {1, 1, 8, 10}, .echo = from_network(c->server_clock),
	};
	c->packet[0] = 0x45;
	__builtin_memcpy(c->packet + 20, &tcp, sizeof(tcp));
	c->skb.len = sizeof(c->packet) + s->payload;
	__u32 moved = s->payload + !!(s->flags & (SYN | FIN));
	if (up)
		c->received += moved;
	else
		c->sent += moved;
	if (s->called) {
		__u64 context[15] = {};
		argument(context, 0) = (__u64)readable(&c->cp);
		argument(context, 1) = !!up;
		argument(context, 2) = (__u64)readable(&c->skb);
		latency(context);
	}
	return 0;
}

SEC("raw_tp/begin")
int begin_all(struct step *in)
{
	struct step s = *in;
	bpf_loop(CLIENTS, connect, &s, 0);
	return 0;
}

SEC("raw_tp/send")
int send_all(struct step *in)
{
	struct step s = *in;
	__u32 zero = 0;
	struct clock *c = lookup(&clocks, &zero);
	if (!c)
		return 0;
	c->now += s.busy * TICK;
	__u64 since = bpf_ktime_get_ns();
	bpf_loop(CLIENTS, send, &s, 0);
	c->took = bpf_ktime_get_ns() - since;
	return 0;
}
