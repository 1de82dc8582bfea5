package ipvs

import (
	"net/netip"
	"testing"
)

func TestParseServiceID(t *testing.T) {
	tests := []struct {
		text    string
		want    ServiceID
		wantErr string
	}{
		{text: "", wantErr: `virtual service "": want PROTO/ADDRESS:PORT, fwm/MARK or fwm6/MARK`},
		{text: "10.0.0.1:80", wantErr: `virtual service "10.0.0.1:80": want PROTO/ADDRESS:PORT, fwm/MARK or fwm6/MARK`},
		{text: "icmp/10.0.0.1:80", wantErr: `virtual service "icmp/10.0.0.1:80": "icmp" is not tcp, udp, sctp, fwm or fwm6`},
		{text: "TCP/10.0.0.1:80", wantErr: `virtual service "TCP/10.0.0.1:80": "TCP" is not tcp, udp, sctp, fwm or fwm6`},
		{text: "tcp/10.0.0.1", wantErr: `virtual service "tcp/10.0.0.1": "10.0.0.1" is not ADDRESS:PORT`},
		{text: "tcp/[fe80::1%eth0]:80", wantErr: `virtual service "tcp/[fe80::1%eth0]:80": "[fe80::1%eth0]:80": IPVS addresses have no zone`},
		{text: "tcp/[2001:0db8::1]:80", wantErr: `virtual service "tcp/[2001:0db8::1]:80": write it tcp/[2001:db8::1]:80`},
		{text: "tcp/10.0.0.1:080", wantErr: `virtual service "tcp/10.0.0.1:080": write it tcp/10.0.0.1:80`},
		{text: "fwm/0", wantErr: `virtual service "fwm/0": "0" is not a firewall mark from 1 to 4294967295`},
		{text: "fwm/0x102", wantErr: `virtual service "fwm/0x102": "0x102" is not a firewall mark from 1 to 4294967295`},
		{text: "fwm/4294967296", wantErr: `virtual service "fwm/4294967296": "4294967296" is not a firewall mark from 1 to 4294967295`},
		{text: "tcp/10.0.0.1:80", want: AddressService(TCP, netip.MustParseAddrPort("10.0.0.1:80"))},
		{text: "tcp/10.0.0.1:0", want: AddressService(TCP, netip.MustParseAddrPort("10.0.0.1:0"))},
		{text: "udp/[2001:db8::1]:53", want: AddressService(UDP, netip.MustParseAddrPort("[2001:db8::1]:53"))},
		{text: "sctp/10.0.0.1:5060", want: AddressService(SCTP, netip.MustParseAddrPort("10.0.0.1:5060"))},
		{text: "fwm/258", want: MarkService(IPv4, 258)},
		{text: "fwm6/4294967295", want: MarkService(IPv6, 4294967295)},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			got, err := ParseServiceID(test.text)
			if test.wantErr != "" {
				if err == nil || err.Error() != test.wantErr {
					t.Fatalf("error %v, want %s", err, test.wantErr)
				}
				return
			}
			if err != nil || got != test.want {
				t.Fatalf("got %+v, %v, want %+v", got, err, test.want)
			}
			if got.String() != test.text {
				t.Errorf("prints as %s", got)
			}
		})
	}
}

func TestParseServerID(t *testing.T) {
	tests := []struct{ text, wantErr string }{
		{text: "10.0.0.2", wantErr: `real server "10.0.0.2" is not ADDRESS:PORT`},
		{text: "[2001:DB8::2]:53", wantErr: `real server "[2001:DB8::2]:53": write it [2001:db8::2]:53`},
		{text: "10.0.0.2:80"},
		{text: "10.0.0.10:0"},
		{text: "[2001:db8::2]:53"},
		{text: "[::ffff:10.0.0.2]:53"},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			got, err := ParseServerID(test.text)
			if test.wantErr != "" {
				if err == nil || err.Error() != test.wantErr {
					t.Fatalf("error %v, want %s", err, test.wantErr)
				}
				return
			}
			if err != nil || got.String() != test.text {
				t.Errorf("got %s, %v", got, err)
			}
		})
	}
}

func FuzzParseServiceID(f *testing.F) {
	for _, seed := range []string{"tcp/10.0.0.1:80", "udp/[2001:db8::1]:53", "fwm/258", "fwm6/1", "tcp/[::ffff:1.2.3.4]:0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := ParseServiceID(text); err == nil && s.String() != text {
			t.Errorf("%q parses, and prints as %q", text, s)
		}
	})
}
