// Package writers tells who else is known to write weights on this host, by what
// they leave: interfaces, process identifiers and configurations. Plain
// keepalived is none of them, as it sets weights only when its own change.
package writers
