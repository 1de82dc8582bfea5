package tuner

import (
	"strings"
	"time"
)

// othersEvery is how often others who write weights are looked for.
const othersEvery = time.Minute

// others are who is known to write weights, by the files of network namespaces.
type others map[string]struct {
	names  string // "" is nobody
	looked time.Time
}

// lookForOthers has the namespace know of others who write weights there, as
// they were found within the last minute. What cannot be looked at is nobody.
func (l *Loop) lookForOthers(n *Netns, now time.Time) {
	if n.Writers == nil || len(l.Config.In(n.File).Services) == 0 {
		return
	}
	if l.others == nil {
		l.others = make(others)
	}
	known, ok := l.others[n.File]
	if !ok || now.Sub(known.looked) >= othersEvery {
		found, err := n.Writers()
		l.alarms.note(task{what: "look for others who write weights", netns: n.name()}, err)
		known.names, known.looked = strings.Join(found, " or "), now
		l.others[n.File] = known
	}
	n.writers = known.names
}
