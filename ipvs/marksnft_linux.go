package ipvs

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"net/netip"
	"slices"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"github.com/google/nftables/xt"
)

// readNft notes what the rules of nftables, iptables-nft's among them, mark in
// the calling thread's network namespace. Asking makes the kernel load
// nf_tables, so the caller makes sure first that it is there.
func (m marks) readNft() error {
	conn, err := nftables.New(nftables.AsLasting())
	if err != nil {
		return err
	}
	defer func() { _ = conn.CloseLasting() }()
	chains, err := conn.ListChains()
	if errors.Is(err, fs.ErrPermission) {
		return ErrNotPermitted
	}
	if err != nil {
		return err
	}
	for _, chain := range chains {
		if !mayMark(chain.Table) {
			continue
		}
		rules, err := conn.GetRules(chain.Table, chain)
		if err != nil {
			return err
		}
		for _, rule := range rules {
			m.addNft(chain.Table.Family, rule.Exprs)
		}
	}
	return nil
}

// mayMark tells the tables that are of no interest: those of other families,
// and iptables's nat, which sees but the first packet of a connection and can
// be very long.
func mayMark(t *nftables.Table) bool {
	switch t.Family {
	case nftables.TableFamilyIPv4, nftables.TableFamilyIPv6:
		return t.Name != "nat"
	case nftables.TableFamilyINet:
		return true
	}
	return false
}

// addNft notes a rule that marks packets to one address: its expressions load
// the destination and compare it, and then set a mark.
func (m marks) addNft(table nftables.TableFamily, rule []expr.Any) {
	r := nftRule{table: table, constants: make(map[uint32][]byte)}
	for _, e := range rule {
		switch e := e.(type) {
		case *expr.Payload:
			r.load(e)
		case *expr.Bitwise:
			r.mask(e)
		case *expr.Cmp:
			r.compare(e)
		case *expr.Immediate:
			r.constants[e.Register] = e.Data
		case *expr.Meta:
			r.setMeta(e, m)
		case *expr.Target:
			r.setTarget(e, m)
		}
	}
}

// nftRule is a rule's state so far.
type nftRule struct {
	table       nftables.TableFamily
	holders     []uint32          // registers that hold the destination
	constants   map[uint32][]byte // by register
	destination netip.Addr        // zero while the rule is for any, or for all but one
}

// Where the destination is in an IP header (struct iphdr and ipv6hdr).
const (
	destination4, length4 = 16, 4
	destination6, length6 = 24, 16
)

func (r *nftRule) load(e *expr.Payload) {
	if e.OperationType != expr.PayloadLoad {
		return
	}
	r.release(e.DestRegister)
	is4 := e.Offset == destination4 && e.Len == length4 && r.table != nftables.TableFamilyIPv6
	is6 := e.Offset == destination6 && e.Len == length6 && r.table != nftables.TableFamilyIPv4
	if e.Base == expr.PayloadBaseNetworkHeader && (is4 || is6) {
		r.holders = append(r.holders, e.DestRegister)
	}
}

// mask leaves a destination where it is only if all of it stays as it is.
func (r *nftRule) mask(e *expr.Bitwise) {
	changes := func(b byte) bool { return b != 0xff }
	flips := func(b byte) bool { return b != 0 }
	if slices.ContainsFunc(e.Mask, changes) || slices.ContainsFunc(e.Xor, flips) {
		r.release(e.SourceRegister)
	}
}

func (r *nftRule) compare(e *expr.Cmp) {
	if !slices.Contains(r.holders, e.Register) {
		return
	}
	r.release(e.Register)
	if a, ok := netip.AddrFromSlice(e.Data); ok && e.Op == expr.CmpOpEq {
		r.destination = a
	}
}

// release forgets what a register holds.
func (r *nftRule) release(register uint32) {
	r.holders = slices.DeleteFunc(r.holders, func(held uint32) bool { return held == register })
	delete(r.constants, register)
}

func (r *nftRule) setMeta(e *expr.Meta, m marks) {
	if !e.SourceRegister {
		r.release(e.Register)
		return
	}
	if mark := r.constants[e.Register]; e.Key == expr.MetaKeyMARK && len(mark) == 4 && r.destination.IsValid() {
		m.add(r.destination, binary.NativeEndian.Uint32(mark), ^uint32(0))
	}
}

func (r *nftRule) setTarget(e *expr.Target, m marks) {
	data, ok := e.Info.(*xt.Unknown)
	if e.Name != markTarget || e.Rev != markTargetRevision || !ok || len(*data) < markTargetSize || !r.destination.IsValid() {
		return
	}
	m.add(r.destination, binary.NativeEndian.Uint32(*data), binary.NativeEndian.Uint32((*data)[4:]))
}
