package ipvs

type CPUStats struct {
	CPU   int
	Stats Stats
}
type ConnectionCount struct {
	Protocol, State     string
	Connections, Synced uint64
}
type Connections struct {
	Counts    []ConnectionCount
	Truncated bool
}
type Application struct {
	Protocol    string
	Port        uint16
	Name        string
	Connections uint64
}
type Sysctl struct {
	Name  string
	Value int64
	Text  string
}
