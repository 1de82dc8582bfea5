package main

import "github.com/grafana/grafana-foundation-sdk/go/dashboard"

// breadth is that of a dashboard.
const breadth = 24

// place puts panels side by side as far as there is room, all of a line as
// high as the highest.
func place(rows []row) []dashboard.PanelOrRowPanel {
	var placed []dashboard.PanelOrRowPanel
	id, y := uint32(0), uint32(0)
	for _, r := range rows {
		id++
		placed = append(placed, dashboard.PanelOrRowPanel{RowPanel: &dashboard.RowPanel{
			Type: "row", Id: id, Title: &r.title, Panels: []dashboard.Panel{}, GridPos: &dashboard.GridPos{H: 1, W: breadth, Y: y},
		}})
		y++
		for rest := r.panels; len(rest) > 0; {
			n, height := line(rest)
			x := uint32(0)
			for _, p := range rest[:n] {
				id++
				built := p.build()
				built.Id, built.GridPos = new(id), &dashboard.GridPos{H: height, W: p.width, X: x, Y: y}
				placed = append(placed, dashboard.PanelOrRowPanel{Panel: &built})
				x += p.width
			}
			rest, y = rest[n:], y+height
		}
	}
	return placed
}

// line returns how many panels fit side by side, and the height of the highest.
func line(panels []panel) (n int, height uint32) {
	x := uint32(0)
	for _, p := range panels {
		if x += p.width; x > breadth {
			break
		}
		n, height = n+1, max(height, p.height())
	}
	return n, height
}

func (p panel) height() uint32 {
	if p.kind == number {
		return 4
	}
	return 8
}
