// Package tuner decides the weights of IPVS real servers, so that the servers
// of a virtual service answer equally fast.
//
// [Step] is the decision: a pure function of the configuration, the state left
// by the step before, the director's table and what was observed of the real
// servers. It reads no clock, kernel or network, and equal input gives equal
// output. [Loop] is the daemon around it; it and [Watch] alone read the clock.
package tuner
