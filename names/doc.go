// Package names tells what virtual services and real servers are called.
//
// Addresses and firewall marks are what the kernel knows; people know names,
// and marks differ from one director to the next. Names come from a file that
// the user writes and from Docker's swarm mode. Both are read in the
// background: a look-up touches memory only.
package names
