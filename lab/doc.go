// Package lab boots a small virtual machine with a real IPVS kernel and runs
// one command in it.
//
// Few machines have IPVS in their kernel, and fewer lend it to a test. The lab
// needs neither: it boots a Debian kernel in QEMU, with KVM where that works
// and in software where it does not, from an initial file system that holds
// ipvsadm, ip, nft, iptables and the command's own files. The machine has no
// disk and nothing of it is left when it ends.
//
// It runs on Linux on amd64, with Debian's packages within reach.
package lab
