// Package report shows comparisons of policies as one page for a browser, which
// needs nothing but itself: no network, no other file. Equal comparisons give
// equal bytes.
package report

import (
	_ "embed"
	"html/template"
	"io"

	"github.com/ipvs-autopilot/ipvs-autopilot/tuner/sim/compare"
)

//go:embed page.html
var pageText string

//go:embed page.css
var style string

//go:embed page.js
var script string

// Write writes the page. Its charts are of the first seed's runs.
func Write(w io.Writer, comparisons []compare.Comparison) error {
	t, err := template.New("page").Parse(pageText)
	if err != nil {
		return err
	}
	return t.Execute(w, pageOf(comparisons))
}
