package ipvs

import "strings"

// validText replaces what is not UTF-8: the kernel takes names of any bytes.
func validText(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// lowerText returns a word of the kernel's in lower case.
func lowerText(s string) string { return strings.ToLower(validText(s)) }
