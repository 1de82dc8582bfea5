package ipvs

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"github.com/google/nftables/xt"
)

// Expressions as nft and iptables-nft make them.
var (
	loadDestination4 = &expr.Payload{DestRegister: 1, Base: expr.PayloadBaseNetworkHeader, Offset: 16, Len: 4}
	loadDestination6 = &expr.Payload{DestRegister: 1, Base: expr.PayloadBaseNetworkHeader, Offset: 24, Len: 16}
	loadPort         = &expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Offset: 2, Len: 2}
	setMark          = &expr.Meta{Key: expr.MetaKeyMARK, SourceRegister: true, Register: 1}
)

func isAddress(text string) *expr.Cmp {
	return &expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: netip.MustParseAddr(text).AsSlice()}
}

func constant(n uint32) *expr.Immediate {
	return &expr.Immediate{Register: 1, Data: binary.NativeEndian.AppendUint32(nil, n)}
}

func target(mark, mask uint32) *expr.Target {
	info := xt.Unknown(binary.NativeEndian.AppendUint32(binary.NativeEndian.AppendUint32(nil, mark), mask))
	return &expr.Target{Name: "MARK", Rev: 2, Info: &info}
}

func TestNftMarks(t *testing.T) {
	const ip, ip6, inet = nftables.TableFamilyIPv4, nftables.TableFamilyIPv6, nftables.TableFamilyINet
	const whole = 0xffffffff
	docker := target(0x102, whole)
	tests := []struct {
		name  string
		table nftables.TableFamily
		rule  []expr.Any
		want  string
	}{
		{"empty", ip, nil, ""},
		{"no destination", ip, []expr.Any{loadPort, &expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{0x1f, 0x90}}, docker}, ""},
		{"all but one", ip, []expr.Any{loadDestination4,
			&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: []byte{10, 0, 0, 2}}, docker}, ""},
		{"a network by its bytes", ip, []expr.Any{
			&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseNetworkHeader, Offset: 16, Len: 3},
			&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{10, 0, 0}}, docker}, ""},
		{"a network by its bits", ip, []expr.Any{loadDestination4,
			&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 4, Mask: []byte{255, 255, 254, 0}, Xor: make([]byte, 4)},
			isAddress("10.0.0.2"), docker}, ""},
		{"the address shifted", ip, []expr.Any{loadDestination4,
			&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 4}, isAddress("10.0.0.2"), docker}, ""},
		{"the source", ip, []expr.Any{
			&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseNetworkHeader, Offset: 12, Len: 4}, isAddress("10.0.0.2"), docker}, ""},
		{"part of an IPv6 source", ip6, []expr.Any{loadDestination4, isAddress("10.0.0.2"), docker}, ""},
		{"register used again", ip, []expr.Any{loadDestination4, loadPort, isAddress("10.0.0.2"), docker}, ""},
		{"register used again for another key", ip, []expr.Any{
			loadDestination4, &expr.Meta{Key: expr.MetaKeyL4PROTO, Register: 1}, isAddress("10.0.0.2"), docker}, ""},
		{"another target", ip, []expr.Any{loadDestination4, isAddress("10.0.0.2"), &expr.Target{Name: "CONNMARK", Rev: 2, Info: docker.Info}}, ""},
		{"another revision", ip, []expr.Any{loadDestination4, isAddress("10.0.0.2"), &expr.Target{Name: "MARK", Rev: 1, Info: docker.Info}}, ""},
		{"another key set", ip, []expr.Any{loadDestination4, isAddress("10.0.0.2"), constant(7),
			&expr.Meta{Key: expr.MetaKeyPRIORITY, SourceRegister: true, Register: 1}}, ""},
		{"mark from a map", ip, []expr.Any{loadDestination4, isAddress("10.0.0.2"), setMark}, ""},
		{"payload written", ip, []expr.Any{loadDestination4,
			&expr.Payload{OperationType: expr.PayloadWrite, SourceRegister: 2}, isAddress("10.0.0.2"), docker}, "fwm/258 10.0.0.2"},

		{"iptables-nft", ip, []expr.Any{loadDestination4, isAddress("10.0.0.2"), &expr.Counter{}, docker}, "fwm/258 10.0.0.2"},
		{"iptables-nft with more matches", ip, []expr.Any{
			loadDestination4, isAddress("10.0.0.2"), loadPort, &expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{0, 80}}, docker,
		}, "fwm/258 10.0.0.2"},
		{"whole mask", ip, []expr.Any{loadDestination4,
			&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 4, Mask: []byte{255, 255, 255, 255}, Xor: make([]byte, 4)},
			isAddress("10.0.0.2"), docker}, "fwm/258 10.0.0.2"},
		{"whole mask, into another register", ip, []expr.Any{
			&expr.Payload{DestRegister: 2, Base: expr.PayloadBaseNetworkHeader, Offset: 16, Len: 4},
			&expr.Bitwise{SourceRegister: 2, DestRegister: 1, Len: 4, Mask: []byte{255, 255, 255, 255}, Xor: make([]byte, 4)},
			isAddress("10.0.0.2"), docker}, "fwm/258 10.0.0.2"},
		{"ip6tables-nft", ip6, []expr.Any{loadDestination6, isAddress("fd00::1"), target(9, 9)}, "fwm6/9 fd00::1"},
		{"nft", ip, []expr.Any{loadDestination4, isAddress("10.0.0.2"), constant(7), setMark}, "fwm/7 10.0.0.2"},
		{"nft inet, IPv4", inet, []expr.Any{
			&expr.Meta{Key: expr.MetaKeyNFPROTO, Register: 1}, &expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{2}},
			loadDestination4, isAddress("10.0.0.2"), constant(7), setMark}, "fwm/7 10.0.0.2"},
		{"nft inet, IPv6", inet, []expr.Any{loadDestination6, isAddress("fd00::1"), constant(7), setMark}, "fwm6/7 fd00::1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := make(marks)
			m.addNft(test.table, test.rule)
			checkMarks(t, m, test.want)
		})
	}
}
