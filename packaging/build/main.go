// Command build makes the packages of both programs, of binaries that are there:
// for Debian, for Red Hat, as archives and as container images. The same source
// gives the same bytes.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/alecthomas/kingpin/v2"
)

func main() {
	app := kingpin.New("build", "Make packages of ipvs-exporter and weight-tuner.")
	var b build
	var seconds int64
	app.Flag("version", "As git describe has it.").Required().StringVar(&b.described)
	app.Flag("time", "Seconds since 1970 that everything bears.").Required().Int64Var(&seconds)
	app.Flag("programs", "Folder that has ARCH/PROGRAM.").Required().ExistingDirVar(&b.programs)
	app.Arg("dist", "Folder to write to.").Required().StringVar(&b.dist)
	app.Arg("arch", "Go's names of the architectures.").Required().StringsVar(&b.archs)
	kingpin.MustParse(app.Parse(os.Args[1:]))
	b.time = time.Unix(seconds, 0).UTC()
	var err error
	if b.version, err = packageVersion(b.described, b.time); err == nil {
		err = b.run(os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}
