// Package yamlfile reads YAML files strictly: what stands in a file is
// understood or refused, and all that is wrong with it is found at once, with
// its lines.
package yamlfile
