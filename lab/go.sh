#!/bin/bash
# go.sh - prints the go command to build with. That is the host's, which fetches
# the version that go.mod wants by itself from Go 1.21 on. An older one, as Debian
# 12 has, fetches it here as the module that newer ones take it from; where there
# is none Debian's is installed.
set -euo pipefail
cd "$(dirname "$0")/.."

lab/image.sh host go golang-go
minor=$(go version | sed -n 's/.* go1\.\([0-9]*\).*/\1/p')
if [ "${minor:-21}" -ge 21 ]; then
  command -v go
  exit
fi

version=$(sed -n 's/^go \([0-9.]*\)$/\1/p' go.mod)
module=golang.org/toolchain@v0.0.1-go$version.$(go env GOOS)-$(go env GOARCH)
folder=$(go env GOMODCACHE)/$module
if [ ! -x "$folder/bin/go" ]; then
  echo "lab: fetching Go $version" >&2
  (cd / && go mod download "$module")
  chmod a+x "$folder"/pkg/tool/*/* "$folder"/bin/*
fi
echo "$folder/bin/go"
