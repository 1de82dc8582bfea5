// SPDX-License-Identifier: Apache-2.0 OR MIT OR GPL-2.0-only
//
// What the program reads of the kernel's structures. Where the fields are is
// filled in from the running kernel's BTF; how long they are, layout.go checks.
#pragma once

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef int __s32;
typedef long long __s64;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	__u32 inum;
};

struct net {
	struct ns_common ns;
};

struct netns_ipvs {
	struct net *net;
};

union nf_inet_addr {
	__u32 all[4];
};

struct ip_vs_dest {
	__u16 af;
	__u16 port;
	union nf_inet_addr addr;
	__u16 vport;
	union nf_inet_addr vaddr;
	__u32 vfwmark;
};

struct ip_vs_conn {
	__u16 cport;
	union nf_inet_addr caddr;
	__u16 af; // one byte long since Linux 7
	__u32 flags;
	struct netns_ipvs *ipvs;
	struct ip_vs_dest *dest;
};

struct sk_buff {
	__u32 len;
	unsigned char *head;
	__u16 network_header;
};

#pragma clang attribute pop

// The helpers of the kernel, by their numbers (enum bpf_func_id in linux/bpf.h).
static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*const bpf_map_update_elem)(void *map, const void *key, const void *value, __u64 flags) = (void *)2;
static __u64 (*const bpf_ktime_get_ns)(void) = (void *)5;
static long (*const bpf_probe_read_kernel)(void *to, __u32 size, const void *from) = (void *)113;

enum { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_LRU_HASH = 9 };
enum { BPF_NOEXIST = 1 };
enum { BPF_F_NO_PREALLOC = 1 };

#define SEC(name) __attribute__((section(name), used))

// With fentry the kernel's pointers may be followed, and the context is the
// arguments; in a kprobe each field is copied, and the context is the processor's
// registers (struct pt_regs), which has those of the arguments in this order.
#ifdef KPROBE
#define HOOK(function) SEC("kprobe/" function)
#define read(field) ({ __typeof__(field) to = 0; bpf_probe_read_kernel(&to, sizeof(to), &(field)); to; })
#define copy(to, from) bpf_probe_read_kernel(&(to), sizeof(to), &(from))
#if defined(__TARGET_ARCH_x86)
#define argument(context, n) (context)[14 - (n)] // di, si, dx
#elif defined(__TARGET_ARCH_arm64)
#define argument(context, n) (context)[n] // x0, x1, x2
#endif
#else
#define HOOK(function) SEC("fentry/" function)
#define read(field) (field)
#define copy(to, from) __builtin_memcpy(&(to), &(from), sizeof(to))
#define argument(context, n) (context)[n]
#endif

#define inlined static inline __attribute__((always_inline))

// How maps are declared in BTF (libbpf's convention).
#define map_number(name, value) int(*name)[value]
#define map_type(name, value) value *name

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define from_network(x) __builtin_bswap32(x)
#else
#define from_network(x) (x)
#endif
