package tuner

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// When says on which condition the tuner writes to a virtual service. The zero
// one is always.
type When struct {
	Condition Condition
	Address   netip.Addr // of OnAddress; zero is the service's own
	File      string     // of OnFile
}

// Condition is a kind of condition.
type Condition string

const (
	// Always has no condition.
	Always Condition = "always"
	// OnAddress wants an address on an interface of the service's network
	// namespace.
	OnAddress Condition = "address"
	// OnFile wants a file to exist.
	OnFile Condition = "file"
)

// here is what is known of one network namespace besides its table. In the zero
// one nothing was looked at, and all conditions hold.
type here struct {
	lost      error      // why it is not known who plans
	follows   *following // nil: this tuner plans itself
	writers   string     // others who are known to write weights; "" is none
	looked    bool
	addresses map[netip.Addr]bool
	unread    error            // why the addresses are not known
	files     map[string]error // nil for those that there are
}

// hasConditions reports whether any service is written to on a condition.
func (c Config) hasConditions() bool {
	for i := range c.Services {
		if c.Services[i].When.conditional() {
			return true
		}
	}
	return false
}

func (w When) conditional() bool { return w.Condition == OnAddress || w.Condition == OnFile }

// lookAround returns the configuration, of the services of this namespace, with
// what its conditions are judged by.
func (n Netns) lookAround(c Config) Config {
	c.here = here{writers: n.writers, lost: n.lost, follows: n.follows}
	if n.Interfaces == nil || !c.hasConditions() {
		return c
	}
	c.here.looked, c.here.files = true, make(map[string]error)
	addressed := false
	for i := range c.Services {
		switch w := c.Services[i].When; w.Condition {
		case OnAddress:
			addressed = true
		case OnFile:
			_, c.here.files[w.File] = os.Stat(w.File)
		}
	}
	if addressed {
		var interfaces []ipvs.Interface
		interfaces, c.here.unread = n.Interfaces()
		c.here.addresses = addressesOf(interfaces)
	}
	return c
}

func addressesOf(interfaces []ipvs.Interface) map[netip.Addr]bool {
	addresses := make(map[netip.Addr]bool)
	for _, i := range interfaces {
		for _, a := range i.Addresses {
			addresses[a] = true
		}
	}
	return addresses
}

// standby returns why the condition does not hold for a virtual service, "" if
// it does.
func (w When) standby(id ipvs.ServiceID, at *here) string {
	switch {
	case at.lost != nil: // of all services, whatever their conditions
		return "who plans is not known: " + at.lost.Error()
	case !at.looked:
	case w.Condition == OnAddress:
		return w.elsewhere(id, at)
	case w.Condition == OnFile:
		return noFile(w.File, at.files[w.File])
	}
	return ""
}

func (w When) elsewhere(id ipvs.ServiceID, at *here) string {
	address := w.Address
	if !address.IsValid() {
		address = id.Address.Addr()
	}
	switch {
	case !address.IsValid():
		return "a service of a firewall mark has no address of its own, and its entry says when: address"
	case at.unread != nil:
		return "whether the address " + address.String() + " is here is not known: " + at.unread.Error()
	case !at.addresses[address]:
		return "the address " + address.String() + " is on no interface here"
	}
	return ""
}

func noFile(file string, err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no file " + file
	case err != nil:
		return fmt.Sprintf("whether there is a file is not known: %s", err)
	}
	return ""
}

// setDirectory has the name of a file be relative to that of the configuration.
func (w *When) setDirectory(folder string) {
	if w.Condition == OnFile && !filepath.IsAbs(w.File) {
		w.File = filepath.Join(folder, w.File)
	}
}
