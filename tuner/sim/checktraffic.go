package sim

import (
	"fmt"
	"time"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

const mostPerSecond = 1e7 // connections

func (t Traffic) check(k *checker) {
	if len(t.Arrivals) > 0 {
		t.checkArrivals(k)
		return
	}
	if len(t.Curve) == 0 {
		k.fail("traffic.curve", "is missing")
	}
	k.time("traffic.repeat", t.Repeat, 0)
	for i, p := range t.Curve {
		field := fmt.Sprintf("traffic.curve[%d].", i)
		k.time(field+"at", p.At, 0)
		k.number(field+"per_second", p.PerSecond, 0, mostPerSecond)
		if i > 0 && p.At < t.Curve[i-1].At {
			k.fail(field+"at", "%v is before the point before it", p.At)
		}
		if t.Repeat > 0 && p.At > t.Repeat {
			k.fail(field+"at", "%v is after the curve begins again, %v", p.At, t.Repeat)
		}
	}
	for i, s := range t.Surges {
		field := fmt.Sprintf("traffic.surges[%d].", i)
		k.time(field+"at", s.At, 0)
		k.time(field+"rise", s.Rise, 0)
		k.time(field+"last", s.Last, 0)
		k.time(field+"fall", s.Fall, 0)
		k.number(field+"factor", s.Factor, 0, 1e6)
	}
	if b := t.Bursts; b != (Bursts{}) {
		k.number("traffic.bursts.factor", b.Factor, 0, 1e6)
		k.time("traffic.bursts.burst", b.Burst, time.Microsecond)
		k.time("traffic.bursts.calm", b.Calm, time.Microsecond)
	}
}

func (t Traffic) checkArrivals(k *checker) {
	if len(t.Curve) > 0 || len(t.Surges) > 0 || t.Bursts != (Bursts{}) {
		k.fail("traffic.arrivals", "exclude a curve, surges and bursts")
	}
	for i, at := range t.Arrivals {
		field := fmt.Sprintf("traffic.arrivals[%d]", i)
		k.time(field, at, 0)
		if i > 0 && at < t.Arrivals[i-1] {
			k.fail(field, "%v is before the one before it", at)
		}
	}
}

func (c Clients) check(k *checker, service ipvs.ServiceID) {
	c.Addresses.check(k, "clients.addresses", service.Family())
	if c.Destinations != (Addresses{}) {
		if service.Mark == 0 {
			k.fail("clients.destinations", "an addressed service has one address")
		}
		c.Destinations.check(k, "clients.destinations", service.Family())
	} else if service.Mark != 0 {
		k.fail("clients.destinations", "are missing, of a firewall-mark service")
	}
	k.time("clients.timeout", c.Timeout, time.Millisecond)
	if c.Requests != 0 {
		k.number("clients.requests", c.Requests, 1, 1e6)
	}
	k.time("clients.think", c.Think, 0)
	k.time("clients.hold", c.Hold, 0)
}

func (a Addresses) check(k *checker, field string, family ipvs.Family) {
	if !a.Prefix.IsValid() || ipvs.FamilyOf(a.Prefix.Addr()) != family {
		k.fail(field+".prefix", "is no %s prefix", family)
		return
	}
	most := 1 << min(22, a.Prefix.Addr().BitLen()-a.Prefix.Bits())
	k.number(field+".count", float64(a.Count), 1, float64(most))
	k.number(field+".skew", a.Skew, 0, 10)
}
