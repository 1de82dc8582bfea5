package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// checker finds the labels of an expression's answer, and what is wrong with
// it: metrics and labels that are not exported.
type checker struct {
	metrics  map[string]labelSet
	problems []string
}

// check returns the labels of the answer to a query with Grafana's variables.
func check(metrics map[string]labelSet, query string) (answer labelSet, problems []string) {
	query = strings.NewReplacer("$__rate_interval", "1m", "$__interval", "1m", "$__range", "1h").Replace(query)
	expr, err := parser.NewParser(parser.Options{}).ParseExpr(query)
	if err != nil {
		return nil, []string{err.Error()}
	}
	c := checker{metrics: metrics}
	return c.answer(expr), c.problems
}

func (c *checker) answer(e parser.Expr) labelSet {
	switch e := e.(type) {
	case *parser.VectorSelector:
		return c.selected(e)
	case *parser.AggregateExpr:
		return c.aggregated(e)
	case *parser.BinaryExpr:
		return c.joined(e)
	case *parser.Call:
		return c.called(e)
	case *parser.MatrixSelector:
		return c.answer(e.VectorSelector)
	case *parser.SubqueryExpr:
		return c.answer(e.Expr)
	case *parser.ParenExpr:
		return c.answer(e.Expr)
	case *parser.UnaryExpr:
		return c.answer(e.Expr)
	case *parser.StepInvariantExpr:
		return c.answer(e.Expr)
	}
	return labelSet{} // numbers and texts
}

func (c *checker) selected(s *parser.VectorSelector) labelSet {
	set, found := c.metrics[s.Name]
	if !found {
		c.problems = append(c.problems, fmt.Sprintf("no program exports %q", s.Name))
		return labelSet{}
	}
	for _, m := range s.LabelMatchers {
		if m.Name != "__name__" {
			c.need(set, s.Name, m.Name)
		}
	}
	return set
}

func (c *checker) aggregated(a *parser.AggregateExpr) labelSet {
	set := c.answer(a.Expr)
	c.need(set, a.Expr.String(), a.Grouping...)
	var kept labelSet
	switch {
	case a.Op == parser.TOPK, a.Op == parser.BOTTOMK:
		return set
	case a.Without:
		kept = set.without(a.Grouping...)
	default:
		kept = labelSet{}.with(a.Grouping...)
	}
	if a.Op == parser.COUNT_VALUES {
		return kept.with(a.Param.(*parser.StringLiteral).Val)
	}
	return kept
}

func (c *checker) joined(b *parser.BinaryExpr) labelSet {
	left, right := c.answer(b.LHS), c.answer(b.RHS)
	m := b.VectorMatching
	if m == nil { // with a number
		return left.with(slices.Collect(maps.Keys(right))...)
	}
	c.need(left, b.LHS.String(), m.MatchingLabels...)
	c.need(right, b.RHS.String(), m.MatchingLabels...)
	switch {
	case b.Op == parser.LOR:
		return left.with(slices.Collect(maps.Keys(right))...)
	case b.Op == parser.LAND, b.Op == parser.LUNLESS:
		return left
	case m.Card == parser.CardManyToOne:
		c.need(right, b.RHS.String(), m.Include...)
		return left.with(m.Include...)
	case m.Card == parser.CardOneToMany:
		c.need(left, b.LHS.String(), m.Include...)
		return right.with(m.Include...)
	case m.On:
		return labelSet{}.with(m.MatchingLabels...)
	}
	return left.without(m.MatchingLabels...)
}

func (c *checker) called(f *parser.Call) labelSet {
	set := labelSet{}
	for _, a := range f.Args {
		set = set.with(slices.Collect(maps.Keys(c.answer(a)))...)
	}
	switch f.Func.Name {
	case "label_replace":
		c.need(set, f.Args[0].String(), f.Args[3].(*parser.StringLiteral).Val)
		return set.with(f.Args[1].(*parser.StringLiteral).Val)
	case "histogram_quantile":
		return set.without("le")
	}
	return set
}

// need has the labels in the set of what, which is PromQL.
func (c *checker) need(set labelSet, what string, names ...string) {
	for _, name := range names {
		if !set[name] && name != "" {
			c.problems = append(c.problems, fmt.Sprintf("no label %q in %s", name, what))
		}
	}
}

func (s labelSet) without(names ...string) labelSet {
	rest := maps.Clone(s)
	for _, name := range names {
		delete(rest, name)
	}
	return rest
}
