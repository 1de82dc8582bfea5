package ipvs

// withoutRepeated drops, in place, the entries whose identity an earlier one
// has. The kernel repeats entries when somebody edits the table during a
// dump, which goes on by position.
func withoutRepeated[T any, ID comparable](entries []T, id func(T) ID) []T {
	seen := make(map[ID]bool, len(entries))
	kept := entries[:0]
	for _, e := range entries {
		if !seen[id(e)] {
			seen[id(e)] = true
			kept = append(kept, e)
		}
	}
	return kept
}

func serverID(s RealServer) ServerID { return s.ID }
