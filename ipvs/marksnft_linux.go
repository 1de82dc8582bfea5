package ipvs

import (
	"errors"
	"io/fs"

	"github.com/google/nftables"
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
