package ipvs

// memory is what one read of a table leaves to the next, so that a read
// allocates little besides what it returns.
type memory struct {
	names   names
	repeats repeats
	listed  []ServiceID // virtual services, as they were listed last
	counts  []int       // of real servers, by service
	whole   []uint64    // hashes of lists of real servers without repeats, by service; 0 is of none
	servers int         // in the last table
	spare   Table       // whose memory the next one may have
}

func newMemory() memory { return memory{names: names{}} }

func (m *memory) dropServices(list []VirtualService) []VirtualService {
	return drop(&m.repeats, list, serviceID, ServiceID.hash)
}

func (m *memory) dropServers(list []RealServer) []RealServer {
	return drop(&m.repeats, list, serverID, ServerID.hash)
}

// dropRepeated leaves out what stands twice among the real servers of the i-th
// service. A list that the service had before, when nothing did, is known by its
// hash, which is quicker.
func (m *memory) dropRepeated(i int, list []RealServer) []RealServer {
	hash := uint64(len(list))
	for i := range list {
		hash = hashAddress(list[i].ID.AddrPort, hash)
	}
	for len(m.whole) <= i {
		m.whole = append(m.whole, 0)
	}
	if hash != 0 && hash == m.whole[i] {
		return list
	}
	kept := m.dropServers(list)
	m.whole[i] = hash
	if len(kept) < len(list) {
		m.whole[i] = 0
	}
	return kept
}

// knows reports whether the services were listed last as they are here.
func (m *memory) knows(list []VirtualService) bool {
	if len(list) != len(m.listed) {
		return false
	}
	for i := range list {
		if list[i].ID != m.listed[i] {
			return false
		}
	}
	return true
}

// remember keeps the list of services for the next read.
func (m *memory) remember(list []VirtualService) {
	m.listed = m.listed[:0]
	for i := range list {
		m.listed = append(m.listed, list[i].ID)
	}
}
