package probe

import (
	"net/http"
	"net/netip"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
)

var service = ipvs.AddressService(ipvs.TCP, netip.MustParseAddrPort("10.0.0.1:80"))

func httpProbe() tuner.Probe {
	return tuner.Probe{
		Interval: time.Second, Timeout: time.Second,
		Scheme: "http", Method: http.MethodGet, Path: "/healthz", ValidStatusCodes: []tuner.StatusRange{{First: 200, Last: 399}},
	}
}
