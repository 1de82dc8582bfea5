package lab

import (
	"embed"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

//go:embed guest/init
var initScript []byte

//go:embed guest/*.sh
var guestScripts embed.FS

// WriteScripts writes the scripts that a guest has in /lab into folder.
func WriteScripts(folder string) error {
	return eachScript(func(name string, content []byte) error {
		return os.WriteFile(filepath.Join(folder, name), content, 0o755)
	})
}

func eachScript(do func(name string, content []byte) error) error {
	files, err := fs.Glob(guestScripts, "guest/*.sh")
	if err != nil {
		return err
	}
	for _, file := range files {
		content, err := guestScripts.ReadFile(file)
		if err != nil {
			return err
		}
		if err := do(path.Base(file), content); err != nil {
			return err
		}
	}
	return nil
}
