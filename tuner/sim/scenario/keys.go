package scenario

import (
	"slices"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
)

// present returns which of the keys a mapping has.
func present(v yamlfile.Value, keys ...string) []string {
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return !v.Has(key) })
}

// checkKeys requires the needed ones of a mapping's keys, and refuses those of
// all that are neither needed nor optional, for what the mapping is.
func checkKeys(v yamlfile.Value, kind string, needed, optional, all []string) {
	for _, key := range needed {
		v.Require(key)
	}
	for _, key := range present(v, all...) {
		if !slices.Contains(needed, key) && !slices.Contains(optional, key) {
			v.Problem("%s takes no %s", kind, key)
		}
	}
}
