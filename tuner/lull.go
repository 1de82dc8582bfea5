package tuner

import "math"

const (
	// longestLull is for how many periods weights are not searched for at most.
	longestLull = 6
	// many servers are those from which on what integers gain or lose beside the
	// best rates varies little from one search to the next.
	many = 50
)

// lull is what a search for weights found that are not worth a write yet. With
// many servers, until another search what can be gained is taken to be that and
// what there is more of by rates.
type lull struct {
	Since stamp   `json:"since"` // the search; zero is none
	Gain  float64 `json:"gain"`  // of a write
	Slack float64 `json:"slack"` // see [fleet.slack]
}

// slack returns which part of the requests present the best rates would save
// if they were dealt as evenly as those now, from -1 to 1.
func (f *fleet) slack(present float64, rates []float64) float64 {
	return max(-1, gained(present, f.presentUnder(f.flowsNow(), inSum1(rates))))
}

// lulled reports whether another search for weights would not lead to a write.
func (f *fleet) lulled(known *serviceState, slack float64) bool {
	l := known.Lull
	if f.at.early || len(f.servers) < many || f.hashes() || f.stirs() || l.Since <= known.Changed {
		return false
	}
	periods := l.periods(f.at)
	gain := l.Gain + max(0, slack-l.Slack)
	return periods > 0 && periods < longestLull && known.Worth+float64(periods*(gain-leastGain)) < f.enough()
}

// stirs reports whether another share may be wanted for a server at any time.
func (f *fleet) stirs() bool {
	for i := range f.servers {
		if s := &f.servers[i]; s.failing || s.joined {
			return true
		}
	}
	return false
}

// periods returns those since the search, rounded.
func (l lull) periods(at moment) float64 {
	return math.Round(at.now.sub(l.Since).Seconds() / at.interval.Seconds())
}

// worth returns that of a write after another search. Of the periods between
// the lesser of the gains holds.
func (l lull) worth(before, gain float64, at moment) float64 {
	if between := min(l.periods(at)-1, longestLull); !l.Since.IsZero() && between > 0 {
		before = max(0, before+float64(between*(min(gain, l.Gain)-leastGain)))
	}
	return max(0, before+gain-leastGain)
}

func (l lull) sound() bool {
	return l.Gain >= -math.MaxFloat64 && l.Gain <= 1 && l.Slack >= -1 && l.Slack <= 1
}
