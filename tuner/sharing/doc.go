// Package sharing knows how each of the kernel's schedulers turns the weights
// of a virtual service's real servers into shares of its new connections, and
// which integers to write for the shares that are wanted.
//
// Servers stand in the order of the kernel's table, newest first: what is left
// over when sh and mh fill their tables goes by that order. A server of weight
// 0 is quiescent and has no share.
//
// A scheduler is named as ipvsadm names it. Those that [Refusal] refuses have
// no shares to speak of.
package sharing
