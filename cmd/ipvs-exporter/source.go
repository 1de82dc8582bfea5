package main

import (
	"errors"
	"sync"

	"go.uber.org/zap"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
)

const (
	sourceAuto    = "auto"
	sourceNetlink = string(ipvs.Netlink)
	sourceProcfs  = string(ipvs.Procfs)
)

type readTable func() (*ipvs.Table, error)

// openTable returns what reads the table from the source that the user chose.
func openTable(source, proc string) readTable {
	netlink, procfs := ipvs.NewClient(proc), ipvs.NewProc(proc)
	switch source {
	case sourceNetlink:
		return netlink.Table
	case sourceProcfs:
		return procfs.Table
	}
	return func() (*ipvs.Table, error) {
		t, err := netlink.Table()
		if errors.Is(err, ipvs.ErrNotPermitted) {
			return procfs.Table()
		}
		return t, err
	}
}

// reportChanges logs what a read comes to whenever that changes, and not at
// every scrape.
func reportChanges(log *zap.Logger, read readTable) readTable {
	var mu sync.Mutex
	last := ""
	return func() (*ipvs.Table, error) {
		t, err := read()
		mu.Lock()
		defer mu.Unlock()
		switch outcome := describe(t, err); {
		case outcome == last:
		case err != nil:
			log.Warn("table not readable", zap.Error(err))
			last = outcome
		default:
			log.Info("table readable", zap.String("source", string(t.Source)), zap.Int("services", len(t.Services)))
			last = outcome
		}
		return t, err
	}
}

func describe(t *ipvs.Table, err error) string {
	if err != nil {
		return err.Error()
	}
	return string(t.Source)
}
