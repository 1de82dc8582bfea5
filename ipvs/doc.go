// Package ipvs reads and edits the tables of Linux IPVS, the kernel's
// transport-layer load balancer.
//
// It is the one place of this module that talks to the kernel. Names follow
// ipvsadm(8) and the kernel's include/uapi/linux/ip_vs.h: a director forwards
// connections to a virtual service to that service's real servers.
//
// The types build on every operating system; [Client], which needs a kernel,
// exists on Linux only.
package ipvs
