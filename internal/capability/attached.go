package capability

import "go.uber.org/zap"

// Attached returns what is called once the program that times real servers is
// attached to the kernel, with the method, or with "" if it never will be. It
// gives up the capabilities that only attaching took, unless they are to be kept,
// as for other network namespaces, which it takes one of them to enter.
func Attached(log *zap.Logger, keep bool) func(method string) {
	return func(method string) {
		if method != "" {
			log.Info("real servers are timed", zap.String("attached", method))
		}
		if keep {
			return
		}
		if err := dropAttaching(); err != nil {
			log.Warn("capabilities", zap.Error(err))
		}
	}
}
