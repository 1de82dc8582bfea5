package ipvs

// readSysctls reads the settings of the network namespace, sorted by name. vs
// is a folder like /proc/sys/net/ipv4/vs. The file sync_threshold has two
// numbers: sync_threshold and sync_period. Settings that are empty, or that
// may not be read, are left out; where none may be read that is an error.
func readSysctls(vs string) ([]Sysctl, error) {
	const most = 4096 // of a list of CPUs
	f, err := openFolder(vs)
	if err != nil {
		return nil, err
	}
	defer f.close()
	buffer := make([]byte, most)
	files, err := f.list(buffer)
	if err != nil {
		return nil, err
	}
	return collectSysctls(files, func(name string) ([]byte, error) {
		n, err := f.read(name, buffer)
		return buffer[:n], err
	})
}
