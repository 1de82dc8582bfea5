// SPDX-License-Identifier: Apache-2.0 OR MIT OR GPL-2.0-only
//
// Times how long real servers take, from the TCP packets that a director
// forwards. docs/decisions/0015-latency-at-the-director.md says how and why.
#include "kernel.h"

// The kernel knows no pair with Apache.
char kernel_license[] SEC("license") = "Dual MIT/GPL";

enum { AF_INET = 2 };
enum { TCP = 6, UDP = 17 };
enum { FROM_SERVER = 1 }; // IP_VS_DIR_OUTPUT; clients are 0
enum { METHOD_MASK = 7, METHOD_MASQ = 0, METHOD_BYPASS = 4, ONE_PACKET = 0x2000 }; // IP_VS_CONN_F_
enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };

enum { BOUNDS = 128, BUCKETS = 114 };

// A server's timestamps count milliseconds, as Linux's, FreeBSD's and Windows' do.
#define TICK 1000000LL

// The clocks of a director and a server may part by a millisecond in so long.
#define LONGEST_ANCHOR 300000000000ULL

// How late a SYN-ACK may be where nothing else tells, from when on times are made
// longer for it, and how late for times to be published.
#define PUNCTUAL TICK
#define LATE (TICK / 2)
#define LATEST (10 * TICK)

// How many connections tell how near a client is: so many that were as quick as the
// quickest, or more that were not.
enum { ENOUGH_ALIKE = 3, ENOUGH = 8 };

// Upper bounds of the buckets in nanoseconds, in ascending order; those that
// are not used are ~0. buckets.go sets them.
const volatile __u64 bounds[BOUNDS];

enum measure { CONNECT, FIRST_BYTE, TIMESTAMPS, ACKNOWLEDGEMENT };

// Why an exchange is not measured; Go has the names in this order.
enum reason { NONE, NOT_SEEN, SYN_REPEATED, NO_TIMESTAMPS, CLOCK, OLD, REQUEST_REPEATED, RESET, CLOSED, NO_ROOM, UNCHECKED };

struct service_key {
	__u32 mark;
	__u32 vaddr[4]; // zero where there is a mark, as are port and protocol
	__u16 vport;    // ports are in the network's order
	__u8 family;
	__u8 protocol;
};

struct server_key {
	__u32 netns;
	struct service_key service;
	__u32 addr[4];
	__u16 port;
	__u8 family;
	__u8 measure;
};

struct histogram {
	__s64 sum; // ns
	__u64 buckets[BUCKETS];
};

struct loss_key {
	__u32 netns;
	__u32 reason;
};

struct connection {
	union {
		__u64 syn;  // when the client's first SYN passed
		__u64 last; // over UDP: the last request
	};
	__u64 asked;     // the request that waits for an answer, or 0; see ask
	__u32 transit;   // see narrow
	__u32 isn;       // sequence number of the SYN
	union {
		__u32 next;       // that after the client's data
		__u32 unanswered; // over UDP: requests
	};
	__u32 answered;  // that after the server's data (masquerading) or its SYN
	__u32 anchor;    // the server's timestamp in its SYN-ACK
	__u16 cport;
	__u8 why; // reason for which timestamps cannot be used
	__u8 connected; // or what became of it
	__u8 repeated;
	__u8 skip; // exchanges that are yet to be skipped
	__u8 udp;
};

enum {
	CONNECTED = 1,
	COUNTED = 2,  // among those that are alike
	COMPARED = 4, // the handshake with an answer
};

struct distance_key {
	__u32 address[4];
	__u32 netns;
};

// distance is how far a client's address is.
struct distance {
	__u64 seen;    // when it was last so near
	__u32 transit; // the least of a connection; but see raise
	__u16 alike;   // connections that have it
	__u16 met;     // connections
};

struct packet {
	__u64 now;
	__u32 seq, ack, echo, payload;
	__u8 flags, stamped;
};

// The sizes are the defaults; attach.go sets others.
struct {
	map_number(type, BPF_MAP_TYPE_LRU_HASH);
	map_number(max_entries, 65536);
	map_type(key, __u64);
	map_type(value, struct connection);
} connections SEC(".maps");

struct {
	map_number(type, BPF_MAP_TYPE_LRU_HASH);
	map_number(max_entries, 16384);
	map_type(key, struct distance_key);
	map_type(value, struct distance);
} distances SEC(".maps");

struct {
	map_number(type, BPF_MAP_TYPE_HASH);
	map_number(max_entries, 4096);
	map_number(map_flags, BPF_F_NO_PREALLOC);
	map_type(key, struct server_key);
	map_type(value, struct histogram);
} servers SEC(".maps");

// How many exchanges are skipped of each connection, and whether any are; attach.go
// sets them.
const volatile __u8 skipping;
struct {
	map_number(type, BPF_MAP_TYPE_HASH);
	map_number(max_entries, 1);
	map_type(key, struct service_key);
	map_type(value, __u8);
} skips SEC(".maps");

struct {
	map_number(type, BPF_MAP_TYPE_HASH);
	map_number(max_entries, 4096);
	map_number(map_flags, BPF_F_NO_PREALLOC);
	map_type(key, struct loss_key);
	map_type(value, __u64);
} losses SEC(".maps");

const struct histogram empty; // too large for the stack

// ask tells when a request passed, in units of 64 ns, and of what the client had
// acknowledged the last 24 bits: in one word, as two packets of a connection may
// pass on two processors at once.
inlined __u64 ask(__u64 now, __u32 acknowledged) { return (__u64)acknowledged << 40 | (now >> 6 & 0xffffffffff); }

inlined __s64 waited(__u64 asked, __u64 now) { return (__s64)(((now >> 6) - asked) << 24) >> 18; }

// acknowledged_since counts the server's bytes.
inlined __s32 acknowledged_since(__u64 asked, __u32 ack) { return (__s32)((ack - (__u32)(asked >> 40)) << 8) >> 8; }

// claim ends the wait for an answer, and returns whether there was one yet.
inlined __u32 claim(struct connection *c, __u64 asked) { return asked && __sync_bool_compare_and_swap(&c->asked, asked, 0); }

// ends is a claim to an exchange that is not to be skipped.
inlined __u32 ends(struct connection *c, __u64 asked)
{
	if (!claim(c, asked))
		return 0;
	if (!c->skip)
		return 1;
	c->skip--;
	return 0;
}

inlined __u32 netns_of(struct ip_vs_conn *cp) { return read(read(read(cp->ipvs)->net)->ns.inum); }

inlined __u8 family_of(struct ip_vs_conn *cp)
{
	if (__builtin_preserve_field_info(cp->af, 1 /* its size */) == 1)
		return read(*(__u8 *)&cp->af);
	return read(cp->af);
}

inlined void lose(struct ip_vs_conn *cp, __u32 reason)
{
	struct loss_key key = {netns_of(cp), reason};
	__u64 *n = bpf_map_lookup_elem(&losses, &key);
	if (!n) {
		__u64 none = 0;
		bpf_map_update_elem(&losses, &key, &none, BPF_NOEXIST);
		n = bpf_map_lookup_elem(&losses, &key);
	}
	if (n)
		__sync_fetch_and_add(n, 1);
}

// bucket_of counts the bounds that are below ns.
inlined __u32 bucket_of(__s64 ns)
{
	__u32 n = 0;
#pragma unroll
	for (__u32 step = BOUNDS / 2; step > 0; step /= 2)
		if (ns > 0 && bounds[(n + step - 1) & (BOUNDS - 1)] < (__u64)ns)
			n += step;
	return n;
}

inlined void identify_service(struct ip_vs_conn *cp, struct service_key *key, __u8 protocol)
{
	struct ip_vs_dest *dest = read(cp->dest);
	key->mark = read(dest->vfwmark);
	key->family = family_of(cp);
	if (key->mark)
		return;
	key->protocol = protocol;
	key->vport = read(dest->vport);
	copy(key->vaddr, dest->vaddr);
}

inlined void identify(struct ip_vs_conn *cp, struct server_key *key, __u8 protocol)
{
	struct ip_vs_dest *dest = read(cp->dest);
	identify_service(cp, &key->service, protocol);
	key->netns = netns_of(cp);
	key->family = read(dest->af);
	key->port = read(dest->port);
	copy(key->addr, dest->addr);
}

inlined void observe_over(struct ip_vs_conn *cp, __u8 protocol, __u8 measure, __s64 ns)
{
	if (!read(cp->dest)) // as of connections that another director has told of
		return;
	struct server_key key = {.measure = measure};
	identify(cp, &key, protocol);
	struct histogram *h = bpf_map_lookup_elem(&servers, &key);
	if (!h) {
		bpf_map_update_elem(&servers, &key, &empty, BPF_NOEXIST);
		h = bpf_map_lookup_elem(&servers, &key);
	}
	if (!h) {
		lose(cp, NO_ROOM);
		return;
	}
	__u32 bucket = bucket_of(ns);
	if (bucket >= BUCKETS)
		bucket = BUCKETS - 1;
	__sync_fetch_and_add(&h->sum, ns);
	__sync_fetch_and_add(&h->buckets[bucket], 1);
}

inlined void observe(struct ip_vs_conn *cp, __u8 measure, __s64 ns) { observe_over(cp, TCP, measure, ns); }

inlined void name_client(struct ip_vs_conn *cp, struct distance_key *key)
{
	key->netns = netns_of(cp);
	if (family_of(cp) == AF_INET)
		key->address[0] = read(cp->caddr.all[0]);
	else
		copy(key->address, cp->caddr);
}

// meet notes how far a connection's client seems to be, and returns how far its
// address was known to be, if at all.
inlined struct distance *meet(struct ip_vs_conn *cp, struct connection *c, __u64 now)
{
	struct distance_key key = {};
	name_client(cp, &key);
	struct distance *known = bpf_map_lookup_elem(&distances, &key);
	if (!known || known->seen + LONGEST_ANCHOR < now) {
		struct distance new = {.seen = now, .transit = c->transit, .alike = 1, .met = 1};
		bpf_map_update_elem(&distances, &key, &new, 0);
		c->connected |= COUNTED;
		return 0;
	}
	if (c->transit <= known->transit + PUNCTUAL) {
		known->seen = now;
		if (c->transit + PUNCTUAL < known->transit)
			known->alike = 1;
		else if (!(c->connected & COUNTED) && known->alike < ENOUGH_ALIKE)
			known->alike++;
		c->connected |= COUNTED;
	}
	if (c->transit < known->transit)
		known->transit = c->transit;
	return known;
}

inlined __u32 is_told(const struct distance *d)
{
	return d && (d->alike >= ENOUGH_ALIKE || d->met >= ENOUGH);
}

// narrow brings down how long what the server sends can take to come by the
// client to the director, and its SYN-ACK be late: as the handshake took both, so
// does an acknowledgement, but for the time by the server's clock between the two.
// That has a tick more or less.
inlined __s64 narrow(struct connection *c, __s64 passed, const struct packet *p)
{
	__s64 transit = (__s64)(p->now - c->syn) - passed + TICK;
	if (transit > 0 && transit < c->transit)
		c->transit = transit;
	return transit;
}

// raise makes a client seem farther than its quickest connection, which of many
// through a link with jitter is far below what is usual there. Jitter is what the
// handshake took longer than an answer of the same connection did: as late as the
// SYN-ACK was, it was for both.
inlined void raise(struct distance *known, struct connection *c, __u32 jitter)
{
	__u32 by = (jitter < LATEST ? jitter : LATEST) / 4;
	if (c->transit > (__u64)known->transit + by)
		known->transit += by;
}

// lateness returns how late a connection's SYN-ACK may have been, more than LATEST
// if it cannot be told. Before this answer transit was as given.
inlined __s64 lateness(struct ip_vs_conn *cp, struct connection *c, __u64 now, __u32 before)
{
	if (c->transit <= PUNCTUAL)
		return 0;
	struct distance *known = meet(cp, c, now);
	if (known && !(c->connected & COMPARED))
		raise(known, c, before - c->transit);
	c->connected |= COMPARED;
	return is_told(known) ? (__s64)c->transit - known->transit : LATEST + 1;
}

// by_timestamps: what the server's clock says that passed between its SYN-ACK
// and its answer, less what passed here between the SYN and the request. Rounding
// may make it a tick too long or too short; what is beyond that cannot be. As late
// as the SYN-ACK was, the answer seems quick.
inlined void by_timestamps(struct ip_vs_conn *cp, struct connection *c, const struct packet *p, __s64 wait)
{
	__s64 passed = (__s64)(__s32)(p->echo - c->anchor) * TICK;
	__s64 took = passed - ((__s64)(p->now - c->syn) - wait);
	__u32 before = c->transit;
	if (narrow(c, passed, p) <= 0 || took <= -TICK) {
		c->why = CLOCK;
		lose(cp, CLOCK);
		return;
	}
	__s64 late = lateness(cp, c, p->now, before);
	if (late > LATEST)
		lose(cp, UNCHECKED);
	else
		observe(cp, TIMESTAMPS, late > LATE ? took + late - LATE : took);
}

inlined void by_acknowledgement(struct ip_vs_conn *cp, struct connection *c, const struct packet *p, __s64 wait)
{
	const struct distance *known = meet(cp, c, p->now);
	if (!is_told(known)) {
		lose(cp, UNCHECKED);
		return;
	}
	__s64 took = wait - known->transit;
	if (took < 0)
		lose(cp, CLOCK);
	else
		observe(cp, ACKNOWLEDGEMENT, took);
}

// acknowledged: the client has the beginning of an answer that did not pass here.
inlined void acknowledged(struct ip_vs_conn *cp, struct connection *c, const struct packet *p, __u64 asked)
{
	if (acknowledged_since(asked, p->ack) == 1) { // the server's FIN, and no data
		lose(cp, CLOSED);
	} else if (c->why == NO_TIMESTAMPS && !acknowledged_since(asked, c->answered)) { // the first
		by_acknowledgement(cp, c, p, waited(asked, p->now));
	} else if (c->why) {
		lose(cp, c->why);
	} else if (!p->stamped) {
		lose(cp, NO_TIMESTAMPS);
	} else if (p->now - c->syn > LONGEST_ANCHOR) {
		lose(cp, OLD);
	} else {
		by_timestamps(cp, c, p, waited(asked, p->now));
	}
}

// follow begins with a connection, in the place of the one that had its address
// before, if any: a new entry takes longer.
inlined void follow(__u64 id, struct connection *before, const struct connection *new)
{
	if (before)
		*before = *new;
	else
		bpf_map_update_elem(&connections, &id, new, 0);
}

inlined __u8 skip_of(struct ip_vs_conn *cp)
{
	if (!skipping || !read(cp->dest))
		return 0;
	struct service_key key = {};
	identify_service(cp, &key, TCP);
	const __u8 *skip = bpf_map_lookup_elem(&skips, &key);
	return skip ? *skip : 0;
}

inlined void begin(struct ip_vs_conn *cp, __u64 id, struct connection *c, const struct packet *p)
{
	if (c && c->isn == p->seq && c->cport == read(cp->cport) && c->syn) {
		c->repeated = 1;
		if (!c->connected)
			c->why = SYN_REPEATED;
		return;
	}
	struct connection new = {
		.syn = p->now, .isn = p->seq, .next = p->seq + 1 + p->payload, .cport = read(cp->cport),
		.skip = skip_of(cp),
	};
	follow(id, c, &new);
}

// join takes a connection whose beginning was not seen with its next request.
inlined void join(struct ip_vs_conn *cp, __u64 id, struct connection *c, const struct packet *p)
{
	if (!p->payload || p->flags & RST)
		return;
	struct connection new = {
		.asked = ask(p->now, p->ack), .next = p->seq + p->payload, .answered = p->ack, .cport = read(cp->cport),
		.why = NOT_SEEN, .connected = CONNECTED,
	};
	follow(id, c, &new);
}

inlined void establish(struct ip_vs_conn *cp, struct connection *c, const struct packet *p)
{
	__u64 took = p->now - c->syn;
	c->connected = CONNECTED;
	c->transit = took < ~0U ? took : ~0U;
	c->anchor = p->echo;
	c->answered = p->ack;
	if (c->why)
		return;
	struct distance *known = meet(cp, c, p->now);
	if (known && known->met < ENOUGH)
		known->met++;
	if (!p->stamped)
		c->why = NO_TIMESTAMPS;
}

inlined void reset(struct ip_vs_conn *cp, struct connection *c)
{
	if (ends(c, c->asked))
		lose(cp, RESET);
}

// request takes in data of the client.
inlined void request(struct ip_vs_conn *cp, struct connection *c, const struct packet *p)
{
	__u32 end = p->seq + p->payload;
	if ((__s32)(end - c->next) > 0) {
		c->next = end;
		c->asked = ask(p->now, p->ack);
	} else if (ends(c, c->asked)) {
		lose(cp, REQUEST_REPEATED);
	}
}

inlined void from_client(struct ip_vs_conn *cp, __u64 id, struct connection *c, const struct packet *p, __u32 masq)
{
	if (p->flags & SYN) {
		begin(cp, id, c, p);
		return;
	}
	if (!c || c->udp || c->cport != read(cp->cport)) {
		join(cp, id, c, p);
		return;
	}
	if (p->flags & RST) {
		reset(cp, c);
		return;
	}
	if (!masq && !c->connected)
		establish(cp, c, p);
	__u64 asked = c->asked;
	if (!masq && acknowledged_since(asked, p->ack) > 0 && ends(c, asked))
		acknowledged(cp, c, p, asked);
	if (p->payload)
		request(cp, c, p);
	if (p->flags & FIN)
		claim(c, c->asked); // a farewell, as TLS has, is no request
}

// from_server is what passes under masquerading alone.
inlined void from_server(struct ip_vs_conn *cp, struct connection *c, const struct packet *p)
{
	if (!c || c->udp || c->cport != read(cp->cport))
		return;
	if (p->flags & RST) {
		reset(cp, c);
		return;
	}
	__u32 end = p->seq + p->payload;
	if (p->flags & SYN) {
		if (!c->connected && c->repeated)
			lose(cp, SYN_REPEATED);
		else if (!c->connected)
			observe(cp, CONNECT, p->now - c->syn);
		c->connected = CONNECTED;
		c->answered = end + 1;
		return;
	}
	if (!p->payload || (__s32)(end - c->answered) <= 0)
		return;
	c->answered = end;
	__u64 asked = c->asked;
	__s64 took = waited(asked, p->now);
	if (took >= 0 && ends(c, asked)) // or it passes at once with this answer to another
		observe(cp, FIRST_BYTE, took);
}

struct tcp_header {
	__u16 source, dest;
	__u32 seq, ack;
	__u8 offset, flags;
	__u16 window, check, urgent;
	__u8 options[4]; // where the timestamps stand that RFC 7323 recommends
	__u32 stamp, echo;
};

// parse reads the headers alone, which are in the linear part of any packet;
// lengths are skb's, as those in headers are 0 in the largest of packets.
inlined int parse(struct sk_buff *skb, struct packet *p)
{
	const unsigned char *ip = read(skb->head) + read(skb->network_header);
	struct {
		__u8 ip[20]; // unless there are options, or it is IPv6
		struct tcp_header tcp;
	} headers;
	if (bpf_probe_read_kernel(&headers, sizeof(headers), ip))
		return 0;
	struct tcp_header *tcp = &headers.tcp;
	__u32 ip_bytes = headers.ip[0] >> 4 == 4 ? (headers.ip[0] & 15) * 4 : 40;
	if (ip_bytes != sizeof(headers.ip) && bpf_probe_read_kernel(tcp, sizeof(*tcp), ip + ip_bytes))
		return 0;
	__u32 bytes = ip_bytes + (tcp->offset >> 4) * 4;
	__u32 length = read(skb->len);
	if (length < bytes)
		return 0;
	p->payload = length - bytes;
	p->seq = from_network(tcp->seq);
	p->ack = from_network(tcp->ack);
	p->echo = from_network(tcp->echo);
	p->flags = tcp->flags;
	p->stamped = tcp->offset >> 4 >= 8 &&
		tcp->options[0] == 1 && tcp->options[1] == 1 && tcp->options[2] == 8 && tcp->options[3] == 10;
	p->now = bpf_ktime_get_ns();
	return 1;
}

// A client that has been quiet so long does not expect an answer any more.
#define QUIET 5000000000ULL

// datagram_from_client: while another has no answer, none is told from the others.
inlined void datagram_from_client(struct ip_vs_conn *cp, __u64 id, struct connection *c)
{
	__u64 now = bpf_ktime_get_ns();
	if (!c || c->last + QUIET < now) {
		struct connection new = {.last = now, .asked = ask(now, 0), .cport = read(cp->cport), .unanswered = 1, .udp = 1};
		follow(id, c, &new);
		return;
	}
	c->last = now;
	if (!c->unanswered++) {
		c->asked = ask(now, 0);
		return;
	}
	if (claim(c, c->asked))
		lose(cp, REQUEST_REPEATED);
	lose(cp, REQUEST_REPEATED);
}

inlined void datagram_from_server(struct ip_vs_conn *cp, struct connection *c)
{
	if (!c || !c->unanswered)
		return;
	c->unanswered--;
	__u64 asked = c->asked;
	if (claim(c, asked))
		observe_over(cp, UDP, FIRST_BYTE, waited(asked, bpf_ktime_get_ns()));
}

// Once for each TCP packet that is forwarded, before it is sent
// (ip_vs_proto_tcp.c).
HOOK("tcp_state_transition")
int latency(__u64 *context)
{
	struct ip_vs_conn *cp = (void *)argument(context, 0);
	__u32 direction = argument(context, 1);
	struct sk_buff *skb = (void *)argument(context, 2);
	__u32 method = read(cp->flags) & METHOD_MASK;
	struct packet p = {};
	if (method == METHOD_BYPASS || !parse(skb, &p))
		return 0;
	__u64 id = (__u64)cp;
	struct connection *c = bpf_map_lookup_elem(&connections, &id);
	if (direction == FROM_SERVER)
		from_server(cp, c, &p);
	else
		from_client(cp, id, c, &p, method == METHOD_MASQ);
	return 0;
}

// The same for UDP (ip_vs_proto_udp.c). One-packet scheduling has no connections.
HOOK("udp_state_transition")
int datagrams(__u64 *context)
{
	struct ip_vs_conn *cp = (void *)argument(context, 0);
	__u32 direction = argument(context, 1);
	if ((read(cp->flags) & (METHOD_MASK | ONE_PACKET)) != METHOD_MASQ)
		return 0;
	__u64 id = (__u64)cp;
	struct connection *c = bpf_map_lookup_elem(&connections, &id);
	if (c && (!c->udp || c->cport != read(cp->cport)))
		c = 0;
	if (direction == FROM_SERVER)
		datagram_from_server(cp, c);
	else
		datagram_from_client(cp, id, c);
	return 0;
}
