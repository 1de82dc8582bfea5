package sim

import "math"

// The conversions to float64 around products keep a compiler from fusing them
// with a sum: so the results are the same on every machine.

const (
	ln2High = 0x1.62e42fefap-1       // ln 2 to 36 bits: exact times an exponent
	ln2Low  = 0x1.cf79abc9e3b3ap-40  // what is missing
	log2e   = 1.44269504088896340736 // 1/ln 2
	sqrt2   = 1.41421356237309504880 // of which the mantissa is kept within a factor
)

// log returns the natural logarithm of x, which is above 0 and finite: with
// x = m·2^k and m within a factor √2 of 1, k·ln 2 + 2·atanh((m-1)/(m+1)).
func log(x float64) float64 {
	m, k := math.Frexp(x)
	if m < sqrt2/2 {
		m, k = 2*m, k-1
	}
	s := (m - 1) / (m + 1)
	q := float64(s * s)
	series := 0.0
	for n := 19.0; n > 1; n -= 2 {
		series = float64((series + 1/n) * q)
	}
	e := float64(k)
	return float64(e*ln2High) + (float64(2*s) + (float64(2*s*series) + float64(e*ln2Low)))
}

// exp returns e^x, for x from -700 to 700.
func exp(x float64) float64 {
	k := math.Floor(float64(x*log2e) + 0.5)
	r := (x - float64(k*ln2High)) - float64(k*ln2Low)
	sum := 1.0
	for n := 14.0; n > 0; n-- {
		sum = 1 + float64(r*sum)/n
	}
	return math.Ldexp(sum, int(k))
}
