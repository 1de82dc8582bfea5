package tuner

// globMatches reports whether text matches the pattern, in which * stands for
// any run of characters and ? for one. Brackets stand for themselves: they
// belong to IPv6 addresses.
func globMatches(pattern, text string) bool {
	if pattern == "" {
		return text == ""
	}
	if pattern[0] == '*' {
		return globMatches(pattern[1:], text) || text != "" && globMatches(pattern, text[1:])
	}
	return text != "" && (pattern[0] == '?' || pattern[0] == text[0]) && globMatches(pattern[1:], text[1:])
}
