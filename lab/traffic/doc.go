// Package traffic makes the traffic of a test: a real server whose speed can be
// set while it serves, and an open-loop load that records every request.
package traffic
