package names

// What is read of the objects of Docker's Engine API, which are all there
// since its version 1.25.

// dockerService is an item of GET /services.
type dockerService struct {
	ID   string
	Spec struct{ Name string }
	// Endpoint is empty where clients are to find the tasks by DNS.
	Endpoint struct {
		VirtualIPs []struct{ NetworkID, Addr string } // Addr is as 10.0.0.2/24
	}
}

// dockerTask is an item of GET /tasks.
type dockerTask struct {
	ServiceID           string
	Slot                int // from 1; 0 in a global service
	NodeID              string
	NetworksAttachments []struct {
		Network   struct{ ID string }
		Addresses []string // as 10.0.0.7/24
	}
}

// dockerNetwork is an item of GET /networks.
type dockerNetwork struct {
	ID      string `json:"Id"`
	Ingress bool   // the network of published ports
}
