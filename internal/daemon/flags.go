// Package daemon is what the programs of this module have in common: flags
// for logging and HTTP, signals, and tasks that stop together.
package daemon

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/exporter-toolkit/web"
	"github.com/prometheus/exporter-toolkit/web/kingpinflag"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// WebFlags are the flags of a program that serves HTTP, as Prometheus's
// exporters have them.
type WebFlags struct {
	TelemetryPath string // URL path of the metrics

	toolkit *web.FlagConfig
}

// flagger is where flags are added: a kingpin application or a command of one.
type flagger interface {
	Flag(name, help string) *kingpin.FlagClause
}

// AddWebFlags adds --web.*; address is what is listened on by default.
func AddWebFlags(to flagger, address string) *WebFlags {
	f := &WebFlags{toolkit: kingpinflag.AddFlags(to, address)}
	to.Flag("web.telemetry-path", "Path under which to expose metrics.").Default("/metrics").SetValue((*urlPath)(&f.TelemetryPath))
	return f
}

// check refuses an empty address, at which the library would listen on a port
// that nobody has chosen, for everybody.
func (f *WebFlags) check() error {
	if slices.Contains(*f.toolkit.WebListenAddresses, "") {
		return &UsageError{errors.New(`--web.listen-address: "" is no address; want [HOST]:PORT`)}
	}
	return nil
}

// urlPath is a flag's value that a request's path can equal.
type urlPath string

// Set implements kingpin.Value.
func (p *urlPath) Set(text string) error {
	if !strings.HasPrefix(text, "/") || strings.ContainsAny(text, "{} \t") || len(text) < 2 {
		return fmt.Errorf("path %q: want / and a name", text)
	}
	*p = urlPath(text)
	return nil
}

// String implements kingpin.Value.
func (p *urlPath) String() string { return string(*p) }

// LogFlags are the flags of a program that logs.
type LogFlags struct{ level, format string }

// AddLogFlags adds --log.level and --log.format.
func AddLogFlags(to flagger) *LogFlags {
	f := &LogFlags{}
	to.Flag("log.level", "Only log messages of this severity or above: debug, info, warn, error.").
		Default("info").EnumVar(&f.level, "debug", "info", "warn", "error")
	to.Flag("log.format", "Output format of log messages: console, json.").
		Default("console").EnumVar(&f.format, "console", "json")
	return f
}

// Logger returns a logger that writes to w.
func (f *LogFlags) Logger(w io.Writer) (*zap.Logger, error) {
	level, err := zapcore.ParseLevel(f.level)
	if err != nil {
		return nil, fmt.Errorf("log level: %w", err)
	}
	config := zap.NewProductionEncoderConfig()
	config.EncodeTime = zapcore.RFC3339TimeEncoder
	encoder := zapcore.NewJSONEncoder(config)
	if f.format == "console" {
		encoder = zapcore.NewConsoleEncoder(config)
	}
	return zap.New(zapcore.NewCore(encoder, zapcore.Lock(zapcore.AddSync(w)), level)), nil
}
