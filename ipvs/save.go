package ipvs

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Save writes the table's services and servers as commands that ipvsadm -R
// reads: those that ipvsadm -S -n prints, and thresholds besides. Servers
// stand in reverse, so that restoring them, each before those already there,
// brings the same order. What ipvsadm cannot set is told by [Table.Unsaved].
func (t *Table) Save(w io.Writer) error {
	b := bufio.NewWriter(w)
	for i := range t.Services {
		s := &t.Services[i]
		fmt.Fprintln(b, strings.Join(s.saved(), " "))
		for _, r := range slices.Backward(s.Servers) {
			fmt.Fprintln(b, strings.Join(r.saved(s.ID), " "))
		}
	}
	return b.Flush()
}

// Unsaved lists the real servers that [Table.Save] writes with the forwarding
// method route because ipvsadm has no option for theirs, a sentence for each.
// To a server on the director itself, route and local do the same
// (net/netfilter/ipvs/ip_vs_xmit.c:ip_vs_dr_xmit).
func (t *Table) Unsaved() []string {
	var told []string
	for i := range t.Services {
		s := &t.Services[i]
		for _, r := range s.Servers {
			if !r.Forward.settable() {
				told = append(told, fmt.Sprintf("%s in %s: ipvsadm cannot set the forwarding method %s; saved as route", r.ID, s.ID, r.Forward))
			}
		}
	}
	return told
}

func (s *VirtualService) saved() []string {
	words := append([]string{"-A"}, savedID(s.ID)...)
	words = append(words, "-s", s.Scheduler)
	if s.Flags.Has(FlagPersistent) {
		words = append(words, "-p", fmt.Sprint(int64(s.Persistence/time.Second)))
		if mask := s.Netmask.String(); mask != "" {
			words = append(words, "-M", mask)
		}
	}
	if s.Engine != "" {
		words = append(words, "--pe", s.Engine)
	}
	if s.Flags.Has(FlagOnePacket) {
		words = append(words, "-o")
	}
	if flags := s.SchedulerFlags(); len(flags) > 0 {
		words = append(words, "-b", strings.Join(flags, ","))
	}
	return words
}

func savedID(id ServiceID) []string {
	switch {
	case id.Mark != 0 && id.MarkFamily == IPv6:
		return []string{"-f", fmt.Sprint(id.Mark), "-6"}
	case id.Mark != 0:
		return []string{"-f", fmt.Sprint(id.Mark)}
	case id.Protocol == TCP:
		return []string{"-t", id.Address.String()}
	case id.Protocol == UDP:
		return []string{"-u", id.Address.String()}
	}
	return []string{"--" + id.Protocol.String() + "-service", id.Address.String()}
}

func (s *RealServer) saved(id ServiceID) []string {
	words := append([]string{"-a"}, savedID(id)...)
	words = append(words, "-r", s.ID.String(), s.Forward.saved(), "-w", fmt.Sprint(s.Weight))
	if s.Forward == Tunnelled {
		words = append(words, s.Tunnel.saved()...)
	}
	if s.UpperThreshold != 0 || s.LowerThreshold != 0 {
		words = append(words, "-x", fmt.Sprint(s.UpperThreshold), "-y", fmt.Sprint(s.LowerThreshold))
	}
	return words
}

// settable reports whether ipvsadm can set the method.
func (f Forward) settable() bool { return f == Masq || f == Tunnelled || f == Route }

// saved returns the method's option: -g for those that ipvsadm cannot set, as
// it does itself.
func (f Forward) saved() string {
	switch f {
	case Masq:
		return "-m"
	case Tunnelled:
		return "-i"
	}
	return "-g"
}

// saved returns ipvsadm's options for an encapsulation.
func (t Tunnel) saved() []string {
	words := []string{"--tun-type", t.Type.String()}
	if t.Port != 0 {
		words = append(words, "--tun-port", fmt.Sprint(t.Port))
	}
	if checksum := t.Checksum(); checksum != "" {
		words = append(words, "--tun-"+checksum)
	}
	return words
}
