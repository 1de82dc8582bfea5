package ipvs

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"github.com/google/nftables/xt"
)

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
			r.release(e.Register)
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

// mask follows a destination that stays as it is.
func (r *nftRule) mask(e *expr.Bitwise) {
	changes := func(b byte) bool { return b != 0xff }
	flips := func(b byte) bool { return b != 0 }
	whole := len(e.Mask) > 0 && !slices.ContainsFunc(e.Mask, changes) && !slices.ContainsFunc(e.Xor, flips)
	held := slices.Contains(r.holders, e.SourceRegister)
	r.release(e.DestRegister)
	if whole && held {
		r.holders = append(r.holders, e.DestRegister)
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
