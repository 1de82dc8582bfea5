package tuner

import "github.com/ipvs-autopilot/ipvs-autopilot/ipvs"

var _ Director = (*ipvs.Client)(nil)
