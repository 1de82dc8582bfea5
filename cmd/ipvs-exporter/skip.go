package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// skips are a flag's values, as tcp/10.0.0.1:443=2.
type skips map[ipvs.ServiceID]uint8

// Set implements kingpin.Value.
func (s skips) Set(text string) error {
	identity, number, found := strings.Cut(text, "=")
	if !found {
		return fmt.Errorf("exchanges to skip, %q: want SERVICE=N, as tcp/10.0.0.1:443=2", text)
	}
	service, err := ipvs.ParseServiceID(identity)
	if err != nil {
		return fmt.Errorf("exchanges to skip, %q: %w", text, err)
	}
	if service.Mark == 0 && service.Protocol != ipvs.TCP {
		return fmt.Errorf("exchanges to skip, %q: want a service of TCP, whose connections begin", text)
	}
	if _, twice := s[service]; twice {
		return fmt.Errorf("exchanges to skip, %q: %s is given twice", text, service)
	}
	n, err := strconv.ParseUint(number, 10, 8)
	if err != nil || n == 0 {
		return fmt.Errorf("exchanges to skip, %q: want a number from 1 to 255 after =", text)
	}
	s[service] = uint8(n)
	return nil
}

// String implements kingpin.Value.
func (s skips) String() string { return "" }

// IsCumulative lets the flag be given more than once.
func (s skips) IsCumulative() bool { return true }
