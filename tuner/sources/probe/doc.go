// Package probe measures real servers by asking them: each one at its own
// address, a few times between two decisions, by HTTP or by opening a
// connection.
package probe
