package collector

import "strings"

// appendLabels appends labels, if there are any, and the space that follows them.
func appendLabels(b []byte, frames []frame, values []string) []byte {
	if len(frames) == 0 {
		return append(b, ' ')
	}
	return append(appendFrames(b, frames, values), `"} `...)
}

func appendFrames(b []byte, frames []frame, values []string) []byte {
	for _, f := range frames {
		b = append(b, f.text...)
		b = append(b, escaped(values[f.label])...)
	}
	return b
}

// escaped returns a label's value as text has it.
func escaped(value string) string {
	for i := range len(value) {
		if c := value[i]; c <= '"' || c == '\\' {
			return escapeLabel(value)
		}
	}
	return value
}

func escapeLabel(s string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`).Replace(s)
}
