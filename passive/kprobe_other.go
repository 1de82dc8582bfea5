//go:build !386 && !amd64 && !arm64

package passive

import (
	"errors"

	"github.com/cilium/ebpf"
)

// loadKprobe: where arguments are at the start of a function differs by processor.
func loadKprobe() (*ebpf.CollectionSpec, error) {
	return nil, errors.New("not for this processor")
}
