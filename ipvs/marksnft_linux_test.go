package ipvs

import (
	"testing"

	"github.com/google/nftables"
)

func TestTablesThatMark(t *testing.T) {
	tests := []struct {
		name  string
		table nftables.Table
		want  bool
	}{
		{"bridge", nftables.Table{Name: "mangle", Family: nftables.TableFamilyBridge}, false},
		{"iptables's nat", nftables.Table{Name: "nat", Family: nftables.TableFamilyIPv4}, false},
		{"iptables's mangle", nftables.Table{Name: "mangle", Family: nftables.TableFamilyIPv6}, true},
		{"inet", nftables.Table{Name: "nat", Family: nftables.TableFamilyINet}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := mayMark(&test.table); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
