package main

// board describes a dashboard.
type board struct {
	name        string // of its file; its identity in Grafana is tag-name
	title       string
	description string
	variables   []variable
	marks       []mark
	rows        []row
}

// mark describes annotations: vertical lines where the query has an answer.
type mark struct{ name, expr, title, tags string }

// row is panels under a heading, from left to right.
type row struct {
	title  string
	panels []panel
}

// panel answers one question.
type panel struct {
	title       string
	description string
	kind        kind
	unit        string
	width       uint32 // of 24
	queries     []query
	steps       []step            // colours from a value on; the first one has none
	words       map[string]string // what to show in the place of a value
	columns     []string          // of a table: its labels, in order
	links       map[string]string // of a table: addresses behind the values of a label
}

// kind is how a panel shows its answers.
type kind string

const (
	lines  kind = "lines"  // over time
	levels kind = "levels" // the same, for what stands until it is changed
	bars   kind = "bars"   // over time, one on the other
	states kind = "states" // words over time
	number kind = "number" // now
	list   kind = "list"   // now, a row for each series
)

// query is PromQL, in which <director> and the like are selectors; see selectors.
type query struct {
	expr   string
	legend string // as {{server}}; of a list, the heading of the values' column
	dashed bool
	none   string // what to say where there is no answer and that is well
}

// step is a colour, from a value on.
type step struct {
	from  float64
	color string
}

func calm() []step { return []step{{0, "green"}} }

// alarming is red from a value on.
func alarming(from float64) []step { return append(calm(), step{from, "red"}) }

// warning is orange from a value on.
func warning(from float64) []step { return append(calm(), step{from, "orange"}) }

// filling is orange from one value on and red from another.
func filling(orange, red float64) []step { return append(warning(orange), step{red, "red"}) }
