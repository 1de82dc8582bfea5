package ipvs

// MatchGlob reports whether an identity's text matches the pattern, in which *
// stands for any run of characters and ? for one. Brackets stand for
// themselves: they belong to IPv6 addresses.
func MatchGlob(pattern, text string) bool {
	star, resume := -1, 0 // the last * and where in the text to resume after it
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, resume = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p, t = p+1, t+1
		case star >= 0:
			resume++
			p, t = star+1, resume
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
