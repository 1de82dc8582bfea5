package lab

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
)

const modulePath = "github.com/ipvs-autopilot/ipvs-autopilot"

// cacheFolder returns $LAB_CACHE, else .cache/lab of the module that the
// working folder is in, else a folder of the user's cache.
func cacheFolder() (string, error) {
	if folder := os.Getenv("LAB_CACHE"); folder != "" {
		return filepath.Abs(folder)
	}
	if root, err := ModuleRoot(); err == nil {
		return filepath.Join(root, ".cache", "lab"), nil
	}
	user, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(user, "ipvs-autopilot", "lab"), nil
}

// ModuleRoot returns the folder of this project's source that the working
// folder is in, or an error like [os.ErrNotExist] if it is in none.
func ModuleRoot() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for !isModuleRoot(folder) {
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", &os.PathError{Op: "find", Path: "go.mod of " + modulePath, Err: os.ErrNotExist}
		}
		folder = parent
	}
	return folder, nil
}

func isModuleRoot(folder string) bool {
	mod, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	return err == nil && bytes.HasPrefix(mod, []byte("module "+modulePath+"\n"))
}

// lockFolder makes the folder if need be and waits until no other process
// holds its lock; the lock ends with unlock, or with the process.
func lockFolder(folder string) (unlock func(), err error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, &os.PathError{Op: "lock", Path: f.Name(), Err: err}
	}
	return func() { f.Close() }, nil
}
