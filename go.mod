module github.com/ipvs-autopilot/ipvs-autopilot

go 1.26.0
