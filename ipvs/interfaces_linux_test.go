package ipvs

import (
	"encoding/binary"
	"net/netip"
	"reflect"
	"slices"
	"testing"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// about returns a message about the interface of a number.
func about(kind netlink.HeaderType, header int, number uint32, attributes ...netlink.Attribute) netlink.Message {
	data := make([]byte, header)
	binary.NativeEndian.PutUint32(data[4:], number)
	text, err := netlink.MarshalAttributes(attributes)
	if err != nil {
		panic(err)
	}
	return netlink.Message{Header: netlink.Header{Type: kind}, Data: append(data, text...)}
}

func link(number uint32, name string) netlink.Message {
	return about(unix.RTM_NEWLINK, unix.SizeofIfInfomsg, number, netlink.Attribute{Type: unix.IFLA_IFNAME, Data: append([]byte(name), 0)})
}

func addressOf(number uint32, kind uint16, text string, more ...netlink.Attribute) netlink.Message {
	of := netlink.Attribute{Type: kind, Data: netip.MustParseAddr(text).AsSlice()}
	return about(unix.RTM_NEWADDR, unix.SizeofIfAddrmsg, number, append(more, of)...)
}

func TestParseInterfaces(t *testing.T) {
	short := link(1, "lo")
	short.Data = short.Data[:9]
	broken := link(1, "lo")
	broken.Data[unix.SizeofIfInfomsg] = 255
	peer := netlink.Attribute{Type: unix.IFA_ADDRESS, Data: []byte{10, 0, 0, 9}}
	tests := []struct {
		name             string
		links, addresses []netlink.Message
		want             []Interface
		wantErr          bool
	}{
		{"message too short", []netlink.Message{short}, nil, nil, true},
		{"attribute too long", []netlink.Message{broken}, nil, nil, true},
		{"address of no interface", nil, []netlink.Message{addressOf(1, unix.IFA_LOCAL, "10.0.0.1")}, nil, false},
		{"address of no length", []netlink.Message{link(1, "lo")}, []netlink.Message{about(unix.RTM_NEWADDR, unix.SizeofIfAddrmsg, 1)},
			[]Interface{{Name: "lo"}}, false},
		{"other messages", []netlink.Message{{Header: netlink.Header{Type: unix.RTM_NEWROUTE}}}, nil, nil, false},
		{"near end of a tunnel", []netlink.Message{link(7, "tun0")}, []netlink.Message{addressOf(7, unix.IFA_LOCAL, "10.0.0.1", peer)},
			[]Interface{{"tun0", []netip.Addr{netip.MustParseAddr("10.0.0.1")}}}, false},
		{"both families", []netlink.Message{link(1, "lo"), link(2, "eth0")},
			[]netlink.Message{addressOf(2, unix.IFA_LOCAL, "10.0.0.1"), addressOf(2, unix.IFA_ADDRESS, "2001:db8::1"), addressOf(1, unix.IFA_ADDRESS, "::1")},
			[]Interface{{"lo", []netip.Addr{netip.IPv6Loopback()}}, {"eth0", []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("2001:db8::1")}}}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseInterfaces(test.links, test.addresses)
			if !reflect.DeepEqual(got, test.want) || (err != nil) != test.wantErr {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestInterfaces(t *testing.T) {
	found, err := NewClient(Options{}).Interfaces()
	if err != nil || !slices.ContainsFunc(found, func(i Interface) bool { return i.Name == "lo" }) {
		t.Errorf("got %+v, %v", found, err)
	}
	gone := Netns{Name: "gone", Path: "/run/netns/gone/for/good"}
	if found, err := NewClient(Options{Netns: gone}).Interfaces(); err == nil {
		t.Errorf("of a namespace that is gone: got %+v", found)
	}
}

func FuzzParseInterfaces(f *testing.F) {
	f.Add(link(1, "lo").Data, addressOf(1, unix.IFA_LOCAL, "10.0.0.1").Data)
	f.Fuzz(func(t *testing.T, l, a []byte) {
		links := []netlink.Message{{Header: netlink.Header{Type: unix.RTM_NEWLINK}, Data: l}}
		found, err := parseInterfaces(links, []netlink.Message{{Header: netlink.Header{Type: unix.RTM_NEWADDR}, Data: a}})
		if (err == nil) != (len(found) == 1) || err == nil && len(found[0].Addresses) > 1 {
			t.Errorf("got %+v, %v", found, err)
		}
	})
}
