package ipvs

// memory is what one read of a table leaves to the next, so that a read
// allocates little besides what it returns.
type memory struct {
	names   names
	repeats repeats
	listed  []ServiceID // virtual services, as they were listed last
	counts  []int       // of real servers, by service
	servers int         // in the last table
}

func newMemory() memory { return memory{names: names{}} }

func (m *memory) dropServices(list []VirtualService) []VirtualService {
	return drop(&m.repeats, list, serviceID, ServiceID.hash)
}

func (m *memory) dropServers(list []RealServer) []RealServer {
	return drop(&m.repeats, list, serverID, ServerID.hash)
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
