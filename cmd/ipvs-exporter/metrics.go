package main

import (
	"bufio"
	"context"
	"io"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/expfmt"

	"github.com/ipvs-autopilot/ipvs-autopilot/collector"
)

// metricsHandler serves the metrics of the directors and of the exporter
// itself. The collector writes text by itself, which a registry takes tens of
// times as long for; what is asked for seldom, protobuf and series by name[],
// goes by a registry.
type metricsHandler struct {
	directors *collector.Collector
	on        []string             // collectors
	created   bool                 // OpenMetrics has series _created
	own       *prometheus.Registry // of the exporter itself
	gzips     gzips
}

// ServeHTTP implements http.Handler.
func (h *metricsHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	chosen, err := chooseCollectors(h.on, r.URL.Query())
	if err != nil {
		http.Error(w, name+": "+err.Error(), http.StatusBadRequest)
		return
	}
	ctx, cancel := scrapeContext(r)
	defer cancel()
	format := expfmt.NegotiateAccept(r.Header, expfmt.DefaultOpenMetricsAcceptedFormats()...)
	if !isText(format) || r.URL.Query().Has("name[]") {
		h.registry(ctx, chosen).ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", string(format))
	w.Header().Add("Vary", "Accept")
	to, end := h.gzips.writer(w, r)
	defer end()
	h.writeText(ctx, to, format, chosen)
}

// registry returns a handler of one scrape, by the library's means alone.
func (h *metricsHandler) registry(ctx context.Context, chosen []string) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(h.directors.Scrape(ctx, chosen...))
	return promhttp.HandlerFor(prometheus.Gatherers{h.own, registry}, promhttp.HandlerOpts{
		EnableOpenMetrics:                   true,
		EnableOpenMetricsTextCreatedSamples: h.created,
		ErrorHandling:                       promhttp.ContinueOnError, // one bad series costs no others
		Registry:                            h.own,
	})
}

func isText(f expfmt.Format) bool {
	return f.FormatType() == expfmt.TypeTextPlain || isOpenMetrics(f)
}

func isOpenMetrics(f expfmt.Format) bool { return f.FormatType() == expfmt.TypeOpenMetrics }

// writeText writes until the client has gone. One bad series of the exporter
// itself costs no others.
func (h *metricsHandler) writeText(ctx context.Context, w io.Writer, format expfmt.Format, chosen []string) {
	var options []expfmt.EncoderOption
	if h.created {
		options = append(options, expfmt.WithCreatedLines())
	}
	room := bufio.NewWriter(w) // or each family would take one
	defer room.Flush()
	encoder := expfmt.NewEncoder(room, format, options...)
	families, _ := h.own.Gather()
	for _, f := range families {
		_ = encoder.Encode(f)
	}
	_ = room.Flush()
	if h.directors.WriteText(ctx, w, collector.TextFormat{OpenMetrics: isOpenMetrics(format), Created: h.created}, chosen...) != nil {
		return
	}
	if c, ok := encoder.(expfmt.Closer); ok {
		_ = c.Close() // writes OpenMetrics' last line
	}
}
