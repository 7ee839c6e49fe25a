//go:build unix

package sqltest

import (
	"os"
	"os/user"
	"strconv"
	"syscall"
)

type attr = syscall.SysProcAttr

// owner says who runs the server. PostgreSQL refuses to run as root, so root
// gives the folder to another user.
func owner(dir string) (*attr, error) {
	who := &attr{Setpgid: true} // an interrupt at the keyboard is not for the server
	if os.Getuid() != 0 {
		return who, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	who.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return who, os.Chown(dir, uid, gid)
}
