package sqldb

import (
	"errors"
	"syscall"
	"time"
)

// tcpUserTimeout is TCP_USER_TIMEOUT.
const tcpUserTimeout = 18

// limitSilence ends a connection whose server does not acknowledge what was sent,
// as when a cable is cut. Without it Linux tries for a quarter of an hour.
func limitSilence(network, _ string, c syscall.RawConn) error {
	if network == "unix" {
		return nil
	}
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int((30 * time.Second).Milliseconds()))
	})
	return errors.Join(err, failed)
}
