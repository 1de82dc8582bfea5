package daemon

import (
	"net/http"

	"github.com/prometheus/common/version"
	"github.com/prometheus/exporter-toolkit/web"
)

// Link is a page that the landing page leads to.
type Link struct{ Path, Text, Description string }

// LandingPage returns a page that names the program and leads to others.
func LandingPage(name, description string, links ...Link) (http.Handler, error) {
	config := web.LandingConfig{
		Name:        name,
		Description: description,
		Version:     version.Info(),
		Profiling:   "false",
	}
	for _, l := range links {
		config.Links = append(config.Links, web.LandingLinks{Address: l.Path, Text: l.Text, Description: l.Description})
	}
	return web.NewLandingPage(config)
}
