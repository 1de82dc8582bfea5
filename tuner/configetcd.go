package tuner

import (
	"strings"
	"time"

	"github.com/prometheus/common/config"

	"github.com/ipvs-autopilot/ipvs-autopilot/internal/yamlfile"
)

// Etcd says through which etcd several directors have equal weights.
type Etcd struct {
	Endpoints    []string // URLs
	Prefix       string   // of all keys
	Name         string   // that the others know this one by; "" is the host's
	TTL          time.Duration
	Username     string // "" is nobody
	PasswordFile string
	TLS          config.TLSConfig
}

// readCoordination reads the one kind of coordination that there is.
func readCoordination(v yamlfile.Value, into **Etcd) {
	v.Fields(map[string]func(yamlfile.Value){"etcd": func(v yamlfile.Value) { *into = readEtcd(v) }})
	v.Require("etcd")
}

func readEtcd(v yamlfile.Value) *Etcd {
	e := &Etcd{TTL: 15 * time.Second}
	v.Fields(map[string]func(yamlfile.Value){
		"endpoints":     func(v yamlfile.Value) { v.Items(func(item yamlfile.Value) { e.readEndpoint(item) }) },
		"prefix":        func(v yamlfile.Value) { readPrefix(v, &e.Prefix) },
		"name":          func(v yamlfile.Value) { v.Text(&e.Name) },
		"ttl":           func(v yamlfile.Value) { v.Duration(&e.TTL, 5*time.Second, 10*time.Minute, time.Second) },
		"username":      func(v yamlfile.Value) { v.Text(&e.Username) },
		"password_file": func(v yamlfile.Value) { v.Text(&e.PasswordFile) },
		"tls_config":    func(v yamlfile.Value) { readTLS(v, &e.TLS) },
	})
	v.Require("endpoints")
	v.Require("prefix")
	if (e.Username == "") != (e.PasswordFile == "") {
		v.Problem("username and password_file go together")
	}
	return e
}

func (e *Etcd) readEndpoint(v yamlfile.Value) {
	var endpoint string
	readURL(v, &endpoint)
	e.Endpoints = append(e.Endpoints, endpoint)
}

func readPrefix(v yamlfile.Value, into *string) {
	v.Text(into)
	if *into != "" && (!strings.HasPrefix(*into, "/") || strings.HasSuffix(*into, "/")) {
		v.Problem("%s is not a prefix such as /weight-tuner/shop", *into)
	}
}

// checkCoordinated refuses what would give directors that are coordinated other
// weights, or another service, than the others.
func (c *Config) checkCoordinated(v yamlfile.Value, services []yamlfile.Value) {
	if c.Etcd == nil {
		return
	}
	if c.OnExit == RestoreAtExit {
		v.Problem("on_exit: restore and coordination: the others would keep their weights")
	}
	for i, s := range services {
		switch of := &c.Services[i]; {
		case of.Weights.Eject:
			s.Problem("eject and coordination: the others would keep the server")
		case of.limited():
			s.Problem("thresholds and coordination: each director would bear by itself what all send")
		}
	}
}

// setDirectory has the names of files be relative to that of the configuration.
func (e *Etcd) setDirectory(folder string) {
	if e == nil {
		return
	}
	e.TLS.SetDirectory(folder)
	e.PasswordFile = config.JoinDir(folder, e.PasswordFile)
}
