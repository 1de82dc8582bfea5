package tuner

import (
	"net/netip"
	"strings"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// readWhen reads a condition: always, address, address ADDRESS or file PATH.
func readWhen(v yamlfile.Value, into *When) {
	var text string
	v.Text(&text)
	word, rest, more := strings.Cut(text, " ")
	switch {
	case text == "":
	case text == string(Always):
	case text == string(OnAddress):
		into.Condition, into.Address = OnAddress, netip.Addr{}
	case word == string(OnAddress):
		readWhenAddress(v, rest, into)
	case word == string(OnFile) && more && rest != "":
		*into = When{Condition: OnFile, File: rest}
	default:
		v.Problem("%s is not known here: always or address or address ADDRESS or file PATH", text)
	}
}

func readWhenAddress(v yamlfile.Value, text string, into *When) {
	address, err := netip.ParseAddr(text)
	switch {
	case err != nil, address.Zone() != "", address.Is4In6():
		v.Problem("%s is not an address such as 10.0.0.1 or 2001:db8::1", text)
	case address.String() != text:
		v.Problem("address %s: write it %s", text, address)
	default:
		*into = When{Condition: OnAddress, Address: address}
	}
}

// checkWhen refuses services by their own addresses that have none.
func (s *ServiceConfig) checkWhen(v yamlfile.Value) {
	when, ok := v.Entry("when")
	if ok && s.When.Condition == OnAddress && !s.When.Address.IsValid() && matchesMarks(s.Match) {
		when.Problem("%s matches services of firewall marks, which have no address of their own: say address ADDRESS", s.Match)
	}
}

// matchesMarks reports whether an identity is one of a firewall mark, or a glob
// may be.
func matchesMarks(match string) bool {
	if !strings.ContainsAny(match, "*?") {
		id, err := ipvs.ParseServiceID(match)
		return err == nil && id.Mark != 0
	}
	return strings.Trim(match, "fwm/0123456789*?") == ""
}
