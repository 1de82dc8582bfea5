// Package e2e tests the programs on a director with a real kernel, in the lab:
//
//	CGO_ENABLED=0 go test -tags lab ./e2e/
package e2e
