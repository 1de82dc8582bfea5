// Package director simulates an IPVS director: virtual services with their
// schedulers, real servers with weights and thresholds, and the connection
// table with its states, timeouts and persistence templates. Given the same
// packets in the same order it chooses the same real servers as the kernel
// and counts the same connections; tests in e2e hold it to that on kernels.
//
// It has no clock, no goroutines and no randomness but the twos scheduler's.
// Time is what the caller says, as a duration since some start, and never goes
// back.
//
// Some things are simpler than in the kernel. Timers fire exactly, where the
// kernel's may be up to an eighth of their length late. Counters are
// brought up to date every two seconds for all servers at once. There is no
// connection synchronisation, no firewall, no helper of a protocol, and no
// defence against floods.
package director
