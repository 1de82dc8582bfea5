// Package exact has functions of package math whose results are the same on
// every machine, to the last bit: those of math are assembly on some. They are
// within some units of the last place of the true ones.
//
// Who wants the same of sums of products writes float64(a*b) + c: without the
// conversion, compilers for arm64 and others round the product and the sum at
// once.
package exact

import "math"

const (
	ln2High = 0x1.62e42fefap-1       // ln 2 to 36 bits: exact times an exponent
	ln2Low  = 0x1.cf79abc9e3b3ap-40  // what is missing
	log2e   = 1.44269504088896340736 // 1/ln 2
	sqrt2   = 1.41421356237309504880 // of which the mantissa is kept within a factor
)

// Log returns the natural logarithm of x: with x = m·2^k and m within a factor
// √2 of 1, k·ln 2 + 2·atanh((m-1)/(m+1)).
func Log(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 1) {
		return math.Log(x) // -Inf, NaN or +Inf
	}
	const least, shift = 0x1p-1022, 54 // smaller ones have fewer bits
	shifted := 0.0
	if x < least {
		x, shifted = x*(1<<shift), shift
	}
	bits := math.Float64bits(x)
	k := int64(bits-math.Float64bits(sqrt2/2)) >> 52
	m := math.Float64frombits(bits - uint64(k)<<52)
	s := (m - 1) / (m + 1)
	q := float64(s * s)
	u := float64(q * q)
	odd := 1.0/3 + float64(u*(1.0/7+float64(u*(1.0/11+float64(u*(1.0/15+float64(u*(1.0/19))))))))
	even := 1.0/5 + float64(u*(1.0/9+float64(u*(1.0/13+float64(u*(1.0/17))))))
	series := float64(q * (odd + float64(q*even)))
	e := float64(k) - shifted
	return float64(e*ln2High) + (float64(2*s) + (float64(2*s*series) + float64(e*ln2Low)))
}

// Exp returns e^x; 0 below e^-700, and +Inf above e^700.
func Exp(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case x < -700:
		return 0
	case x > 700:
		return math.Inf(1)
	}
	k := math.Floor(float64(x*log2e) + 0.5)
	r := (x - float64(k*ln2High)) - float64(k*ln2Low)
	q := float64(r * r)
	even := float64(q * (1.0/2 + float64(q*(1.0/24+float64(q*(1.0/720+float64(q*(1.0/40320+float64(q*(1.0/3628800+float64(q*(1.0/479001600))))))))))))
	odd := 1 + float64(q*(1.0/6+float64(q*(1.0/120+float64(q*(1.0/5040+float64(q*(1.0/362880+float64(q*(1.0/39916800+float64(q*(1.0/6227020800))))))))))))
	power := math.Float64frombits(uint64(1023+int(k)) << 52) // 2^k
	return float64((1 + (float64(r*odd) + even)) * power)
}

// Tanh returns the hyperbolic tangent of x, small ones by x - x³/3.
func Tanh(x float64) float64 {
	const small, large = 1e-3, 20
	switch {
	case math.Abs(x) < small:
		return x - float64(x*x*x)/3
	case math.Abs(x) > large:
		return math.Copysign(1, x)
	}
	e := Exp(2 * x)
	return (e - 1) / (e + 1)
}
