// SPDX-License-Identifier: Apache-2.0 OR MIT OR GPL-2.0-only
//
// Prints what latency.c takes for a packet on this processor, compiled for it
// and called with packets that were made up: make cost. Maps are plain hash tables
// here, and what the kernel takes to call the program is not in it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel.h"

enum { CONNECTIONS = 10000, SERVERS = 100, ROUNDS = 100, REPEATS = 9 };
enum { SLOTS = 1 << 15, LARGEST_KEY = 64, LARGEST_VALUE = 1024 };

#define apart __attribute__((noinline))

// table is a hash table of which nothing is removed.
struct table {
	__u32 key_size, value_size, used;
	struct {
		__u8 taken, key[LARGEST_KEY];
	} *slots;
	__u8 *values;
};

static struct table *tables[3];

static void *slot_of(struct table *t, const void *key, int take)
{
	__u64 hash = 0;
	for (__u32 i = 0; i < t->key_size; i += 4) {
		__u32 word;
		memcpy(&word, (const __u8 *)key + i, 4);
		hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
		hash ^= hash >> 32;
	}
	for (__u32 i = hash % SLOTS;; i = (i + 1) % SLOTS) {
		if (!t->slots[i].taken) {
			if (!take)
				return 0;
			if (++t->used == SLOTS)
				abort();
			t->slots[i].taken = 1;
			memcpy(t->slots[i].key, key, t->key_size);
		} else if (memcmp(t->slots[i].key, key, t->key_size)) {
			continue;
		}
		return t->values + (__u64)i * t->value_size;
	}
}

static struct table *table_of(void *map);

static apart void *lookup(void *map, const void *key) { return slot_of(table_of(map), key, 0); }

static apart long update(void *map, const void *key, const void *value, __u64 flags)
{
	struct table *t = table_of(map);
	if (flags == BPF_NOEXIST && slot_of(t, key, 0))
		return -1;
	memcpy(slot_of(t, key, 1), value, t->value_size);
	return 0;
}

static apart long from_kernel(void *to, __u32 size, const void *from)
{
	memcpy(to, from, size);
	return 0;
}

static __u64 now = 1000000000000ULL; // ns

// ktime takes as long as a clock, but time goes by as the packets say.
static apart __u64 ktime(void)
{
	struct timespec taken;
	clock_gettime(CLOCK_MONOTONIC, &taken);
	return now;
}

#define bpf_map_lookup_elem lookup
#define bpf_map_update_elem update
#define bpf_probe_read_kernel from_kernel
#define bpf_ktime_get_ns ktime
#define __builtin_preserve_field_info(field, kind) sizeof(field)
#define bounds (*kernel_bounds) // as they are to be set
#include "latency.c"

static struct table *table_of(void *map) { return tables[map == &connections ? 0 : map == &servers ? 1 : 2]; }

static struct table *new_table(__u32 key_size, __u32 value_size)
{
	struct table *t = calloc(1, sizeof(*t));
	*t = (struct table){key_size, value_size, 0, calloc(SLOTS, sizeof(*t->slots)), calloc(SLOTS, value_size)};
	return t;
}

// client is one that has a connection.
struct client {
	struct ip_vs_conn cp;
	struct sk_buff skb;
	__u8 packet[52];
	__u32 sent, received, server_clock;
};

static struct client clients[CONNECTIONS];
static struct ip_vs_dest dests[SERVERS];
static struct net net = {{4026531840}};
static struct netns_ipvs ipvs = {&net};

enum { SERVER_SENDS = 256 }; // beside the flags of TCP

static void send(struct client *c, int flags, __u32 payload)
{
	struct tcp_header tcp = {
		.seq = from_network(flags & SERVER_SENDS ? c->received : c->sent),
		.ack = from_network(flags & SERVER_SENDS ? c->sent : c->received),
		.offset = 8 << 4, .flags = flags, .options = {1, 1, 8, 10},
		.echo = from_network(c->server_clock),
	};
	c->packet[0] = 0x45;
	memcpy(c->packet + 20, &tcp, sizeof(tcp));
	c->skb.len = sizeof(c->packet) + payload;
	*(flags & SERVER_SENDS ? &c->received : &c->sent) += payload + !!(flags & (SYN | FIN));
}

static apart int nothing(__u64 *context)
{
	__asm__ volatile("" : : "r"(context) : "memory");
	return 0;
}

typedef int program(__u64 *context);

// step is a packet: its flags, its payload, and how many ms the server was busy
// before it sent or, under direct routing, before it sent what this acknowledges.
struct step {
	int flags;
	__u32 payload, busy, answers; // bytes that this acknowledges, of an answer that does not pass
};

struct exchange {
	const char *name;
	__u32 method, samples;
	struct step before[5], steps[8];
};

#define DATA 16
#define HANDSHAKE_NAT {SYN}, {SERVER_SENDS | SYN | ACK}, {ACK}
#define HANDSHAKE_DR {SYN}, {ACK, 0, 0, 1}

static const struct exchange exchanges[] = {
	{"NAT, keep-alive: request, answer, acknowledgement", METHOD_MASQ, 1,
	 {HANDSHAKE_NAT}, {{DATA, 200}, {SERVER_SENDS | DATA, 1000, 20}, {ACK}}},
	{"NAT, a connection each: 8 packets", METHOD_MASQ, 2,
	 {}, {HANDSHAKE_NAT, {DATA, 200}, {SERVER_SENDS | DATA, 1000, 20}, {ACK | FIN}, {SERVER_SENDS | FIN | ACK}, {ACK}}},
	{"NAT, more of an answer: data, acknowledgement", METHOD_MASQ, 0,
	 {HANDSHAKE_NAT, {DATA, 200}, {SERVER_SENDS | DATA, 1000, 20}}, {{SERVER_SENDS | DATA, 1000}, {ACK}}},
	{"DR, keep-alive: request, acknowledgement", 3, 1,
	 {HANDSHAKE_DR}, {{DATA, 200}, {ACK, 0, 20, 1000}}},
	{"DR, a connection each: 5 packets", 3, 1,
	 {}, {HANDSHAKE_DR, {DATA, 200}, {ACK, 0, 20, 1000}, {ACK | FIN, 0, 0, 1}}},
	{"DR, more of an answer: acknowledgement", 3, 0,
	 {HANDSHAKE_DR, {DATA, 200}, {ACK, 0, 20, 1000}}, {{ACK, 0, 0, 1000}}},
};

static int run(program *p, const struct step *steps, int most)
{
	__u64 context[15] = {};
	int n = 0;
	for (; n < most && steps[n].flags; n++) {
		now += steps[n].busy * TICK;
		for (int i = 0; i < CONNECTIONS; i++) {
			struct client *c = &clients[i];
			c->received += steps[n].answers;
			c->server_clock += steps[n].busy;
			send(c, steps[n].flags, steps[n].payload);
			argument(context, 0) = (__u64)&c->cp;
			argument(context, 1) = !!(steps[n].flags & SERVER_SENDS);
			argument(context, 2) = (__u64)&c->skb;
			p(context);
		}
	}
	return n;
}

static __u64 samples(void)
{
	__u64 n = 0;
	for (__u32 i = 0; i < SLOTS; i++)
		for (__u32 b = 0; b < BUCKETS; b++)
			n += ((struct histogram *)tables[1]->values)[i].buckets[b];
	return n;
}

static void reset_all(__u32 method)
{
	tables[0] = new_table(sizeof(__u64), sizeof(struct connection));
	tables[1] = new_table(sizeof(struct server_key), sizeof(struct histogram));
	tables[2] = new_table(sizeof(struct loss_key), sizeof(__u64));
	for (int i = 0; i < SERVERS; i++)
		dests[i] = (struct ip_vs_dest){.af = AF_INET, .port = 80, .vport = 80, .addr = {{i}}, .vaddr = {{1}}};
	for (int i = 0; i < CONNECTIONS; i++) {
		struct client *c = &clients[i];
		*c = (struct client){
			.cp = {.af = AF_INET, .cport = i, .flags = method, .ipvs = &ipvs, .dest = &dests[i % SERVERS]},
			.skb = {.head = c->packet}, .sent = i, .received = ~i, .server_clock = now / TICK,
		};
	}
}

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

// measure returns the ns a packet takes, at the least.
static double measure(program *p, const struct exchange *e)
{
	double least = 0;
	for (int repeat = 0; repeat < REPEATS; repeat++) {
		reset_all(e->method);
		run(p, e->before, 5);
		__u64 before = samples();
		double begin = seconds();
		int packets = 0;
		for (int i = 0; i < ROUNDS; i++)
			packets += run(p, e->steps, 8);
		double took = (seconds() - begin) * 1e9 / packets / CONNECTIONS;
		if (p == latency && samples() - before != (__u64)e->samples * ROUNDS * CONNECTIONS) {
			fprintf(stderr, "%s: %llu samples\n", e->name, samples() - before);
			exit(1);
		}
		if (!least || took < least)
			least = took;
		for (int i = 0; i < 3; i++) {
			free(tables[i]->slots);
			free(tables[i]->values);
			free(tables[i]);
		}
	}
	return least;
}

int main(void)
{
	static __u64 set[BOUNDS];
	for (int i = 0; i < BOUNDS; i++)
		set[i] = i < BUCKETS - 1 ? 1000ULL << i / 4 : ~0ULL; // about those that Go gives
	kernel_bounds = &set;
	for (int i = 0; i < (int)(sizeof(exchanges) / sizeof(*exchanges)); i++)
		printf("%-52s %4.0f ns a packet\n", exchanges[i].name, measure(latency, &exchanges[i]) - measure(nothing, &exchanges[i]));
	return 0;
}
