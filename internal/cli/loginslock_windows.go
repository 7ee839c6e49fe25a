package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	memory "unsafe"
)

// waitForLock takes the lock of a file that is made for nothing else, once no other
// process has it. Windows drops it when the process ends.
func waitForLock(path string) (io.Closer, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	const exclusive = 2 // LOCKFILE_EXCLUSIVE_LOCK; without LOCKFILE_FAIL_IMMEDIATELY it waits
	var from syscall.Overlapped
	done, _, err := syscall.NewLazyDLL("kernel32.dll").NewProc("LockFileEx").Call(f.Fd(), exclusive, 0, 1, 0, uintptr(memory.Pointer(&from)))
	if done == 0 {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), f.Close())
	}
	return f, nil
}
