package director

import "math/bits"

// hash32 returns the upper bits of a product with 2³² times the square of the
// golden ratio's fraction, as include/linux/hash.h:hash_32 does.
func hash32(value uint32, keep int) uint32 {
	const golden = 0x61c88647
	return value * golden >> (32 - keep)
}

// hsiphash is SipHash-1-3 of four bytes, cut to 32 bits, which is what
// hsiphash_1u32 of lib/siphash.c is on 64-bit kernels. Both halves of the key
// are the same here.
func hsiphash(value uint32, half uint64) uint32 {
	v := sipState{
		0x736f6d6570736575 ^ half, 0x646f72616e646f6d ^ half,
		0x6c7967656e657261 ^ half, 0x7465646279746573 ^ half,
	}
	last := 4<<56 | uint64(value)
	v[3] ^= last
	v.round()
	v[0] ^= last
	v[2] ^= 0xff
	v.round()
	v.round()
	v.round()
	return uint32(v[0] ^ v[1] ^ v[2] ^ v[3])
}

type sipState [4]uint64

func (v *sipState) round() {
	v[0] += v[1]
	v[1] = bits.RotateLeft64(v[1], 13) ^ v[0]
	v[0] = bits.RotateLeft64(v[0], 32)
	v[2] += v[3]
	v[3] = bits.RotateLeft64(v[3], 16) ^ v[2]
	v[0] += v[3]
	v[3] = bits.RotateLeft64(v[3], 21) ^ v[0]
	v[2] += v[1]
	v[1] = bits.RotateLeft64(v[1], 17) ^ v[2]
	v[2] = bits.RotateLeft64(v[2], 32)
}
