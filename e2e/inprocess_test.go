//go:build lab

package e2e

import (
	"context"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/ipvs-autopilot/ipvs-autopilot/ipvs"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner"
	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sources"
)

// tuneHere runs the tuner within this process, with more settings. It gets to
// the director, which the tests' process opens, through what through returns.
func (e *enduring) tuneHere(more string, through func(tuner.Director) tuner.Director) {
	e.Helper()
	loop := &tuner.Loop{Config: e.load(e.configure(more)), Metrics: tuner.NewMetrics(), Netns: tuner.OwnNetns(through(e.client()))}
	var err error
	if loop.Meters, err = sources.Open(loop.Config, sources.Options{}); err != nil {
		e.Fatal(err)
	}
	e.out = &output{}
	loop.Logger = zap.New(zapcore.NewCore(zapcore.NewConsoleEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(e.out), zap.InfoLevel))
	registry := prometheus.NewRegistry()
	registry.MustRegister(loop.Metrics)
	answerAt(e.T, e.namespace, "127.0.0.1:9976", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- loop.Run(ctx) }()
	e.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			e.Error(err)
		}
		loop.Meters.Close()
	})
}

func (e *enduring) load(file string) tuner.Config {
	e.Helper()
	f, err := os.Open(file)
	if err != nil {
		e.Fatal(err)
	}
	defer f.Close()
	config, err := tuner.LoadConfig(f, file)
	if err != nil {
		e.Fatal(err)
	}
	return config
}

// client returns a client of the namespace.
func (e *enduring) client() *ipvs.Client {
	e.Helper()
	netns, err := ipvs.OpenNetns("/run/netns/" + e.namespace)
	if err != nil {
		e.Fatal(err)
	}
	client := ipvs.NewClient(ipvs.Options{Source: ipvs.Netlink, Netns: netns})
	e.Cleanup(func() { _ = client.Close() })
	return client
}

func itself(d tuner.Director) tuner.Director { return d }
