package main

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

var (
	released = regexp.MustCompile(`^v(\d+\.\d+\.\d+)(?:-((?:alpha|beta|rc)[.0-9]*))?(?:-(\d+)-g([0-9a-f]+))?(-dirty)?$`)
	revision = regexp.MustCompile(`^([0-9a-f]{7,40})(-dirty)?$`)
)

// packageVersion returns the version that dpkg and rpm order as git describe
// means it: v1.2.3-rc1 before v1.2.3, and that before v1.2.3-4-gabcdef, four
// commits later. Without any tag it is before all, by the day of the commit.
func packageVersion(described string, t time.Time) (string, error) {
	if found := released.FindStringSubmatch(described); found != nil {
		v := found[1]
		if found[2] != "" {
			v += "~" + found[2]
		}
		if found[3] != "" {
			v += "+" + found[3] + ".g" + found[4]
		}
		return v + dirt(found[5]), nil
	}
	if found := revision.FindStringSubmatch(described); found != nil {
		return "0~git" + t.Format("20060102150405") + "." + found[1] + dirt(found[2]), nil
	}
	return "", fmt.Errorf("version %s: want a tag such as v1.2.3, or what git describe makes of one", described)
}

func dirt(mark string) string { return strings.ReplaceAll(mark, "-", "+") }
