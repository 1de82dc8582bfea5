package ipvs

// names are the texts that the kernel's answers have had: of schedulers,
// persistence engines and interfaces, which are few and come again and again.
type names map[string]string

func (n names) text(b []byte) string {
	text, known := n[string(b)] // which copies nothing
	if !known {
		text = validText(string(b))
		n[string(b)] = text
	}
	return text
}
