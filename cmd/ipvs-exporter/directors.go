package main

import (
	"fmt"
	"path/filepath"
	"sync"

	"github.com/alecthomas/kingpin/v2"
	"go.uber.org/zap"

	"github.com/ipvs-autopilot/ipvs-autopilot/collector"
	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

// directorFlags say which directors are read, and how.
type directorFlags struct {
	proc, source   string
	overheadFactor string
	ownNetns, load bool
	netns          []string
}

const auto = "auto"

func addDirectorFlags(app *kingpin.Application) *directorFlags {
	f := &directorFlags{}
	app.Flag("path.procfs", "Mount point of the proc filesystem.").Default("/proc").StringVar(&f.proc)
	app.Flag("ipvs.source", "Kernel interface to read: netlink has everything and needs CAP_NET_ADMIN; "+
		"procfs needs nothing and lacks thresholds, timeouts, sync daemons, persistent connections, tunnel types, scheduler flags "+
		"and the counters of services and servers; auto is netlink where permitted, else procfs.").
		Default(auto).EnumVar(&f.source, auto, string(ipvs.Netlink), string(ipvs.Procfs))
	app.Flag("ipvs.netns", "Network namespaces to read besides the program's own, by their files: a path or a pattern, as /run/docker/netns/*. Needs CAP_SYS_ADMIN. Repeatable.").
		PlaceHolder("GLOB").SetValue((*patterns)(&f.netns))
	app.Flag("ipvs.own-netns", "Read the program's own network namespace.").Default("true").BoolVar(&f.ownNetns)
	app.Flag("ipvs.load-module", "Have the kernel load the module ip_vs at the start. Without, nothing in the kernel is changed.").BoolVar(&f.load)
	app.Flag("ipvs.overhead-factor", "What ipvs_server_overhead multiplies active connections by: 256, or 257 as in Linux 7.2, 6.12.104, 6.1.183 and later; auto is what the running kernel does.").
		Default(auto).EnumVar(&f.overheadFactor, auto, "256", "257")
	return f
}

// patterns are a flag's values that filepath.Match can read.
type patterns []string

// Set implements kingpin.Value.
func (p *patterns) Set(text string) error {
	if _, err := filepath.Match(text, ""); err != nil {
		return fmt.Errorf("pattern %q: %w", text, err)
	}
	*p = append(*p, text)
	return nil
}

// String implements kingpin.Value.
func (p *patterns) String() string { return fmt.Sprint(*p) }

// IsCumulative lets the flag be given more than once.
func (p *patterns) IsCumulative() bool { return true }

func (f *directorFlags) loadModule() error {
	if !f.load {
		return nil
	}
	return ipvs.LoadModule()
}

func (f *directorFlags) options() ipvs.Options {
	o := ipvs.Options{Proc: f.proc}
	if f.source != auto {
		o.Source = ipvs.Source(f.source)
	}
	if _, err := fmt.Sscan(f.overheadFactor, &o.OverheadFactor); err != nil {
		o.OverheadFactor = 0 // auto
	}
	return o
}

// open returns what lists the directors. Why some are left out is logged when
// that changes.
func (f *directorFlags) open(log *zap.Logger) func() []collector.Director {
	namespaces := ipvs.NewNamespaces(f.options(), f.ownNetns, f.netns...)
	var mu sync.Mutex
	last := "<nil>"
	return func() []collector.Director {
		clients, err := namespaces.Clients()
		mu.Lock()
		defer mu.Unlock()
		if now := fmt.Sprint(err); now != last {
			log.Warn("network namespaces", zap.Error(err))
			last = now
		}
		directors := make([]collector.Director, len(clients))
		for i, c := range clients {
			directors[i] = c
		}
		return directors
	}
}
