//go:build unix

package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// waitForLock takes the lock of a file that is made for nothing else, once no other
// process has it. The kernel drops it when the process ends.
func waitForLock(path string) (io.Closer, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), f.Close())
	}
	return f, nil
}
