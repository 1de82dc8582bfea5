// Package sim runs a policy of the tuner on a simulated director, with real
// servers that queue and clients that come in bursts, in virtual time.
//
// [Run] is a pure function of a scenario ([Config]) and a policy: it starts no
// goroutine and reads no clock. The director chooses by the kernel's rules
// (package director), and the decisions are those of [tuner.Step], made and
// carried out as [tuner.Loop] does.
//
// The same seed gives the same bytes on every machine. Time is counted in whole
// nanoseconds; randomness comes from PCG generators of integers; logarithm and
// exponential are those of package exact, and products are rounded one by one,
// since compilers may fuse a product and a sum, and math's functions are written
// in assembly on some machines. The tuner's arithmetic is held to the same.
package sim
