package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// cluster is a PostgreSQL server of this run's own, on loopback, as Debian
// installs it and with nothing tuned.
type cluster struct {
	cmd  *exec.Cmd
	url  string // of the database that it has from the start
	data string // its folder
}

func (c *cluster) database(name string) string {
	return strings.Replace(c.url, "/postgres?", "/"+name+"?", 1)
}

// postgres starts a cluster. PostgreSQL refuses to run as root, so root lends it
// another user.
func (b *bench) postgres() *cluster {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	check(err)
	if len(found) == 0 {
		check(errors.New("PostgreSQL is not installed (scripts/setup installs it)"))
	}
	bin := filepath.Dir(found[len(found)-1])
	dir, err := os.MkdirTemp("", "leaver-bench-pg-")
	check(err)
	b.tidy = append(b.tidy, func() { os.RemoveAll(dir) })
	who := &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() == 0 {
		who.Credential, err = lend(dir)
		check(err)
	}
	data := filepath.Join(dir, "data")
	command := func(name string, args ...string) *exec.Cmd {
		cmd := exec.CommandContext(b.ctx, filepath.Join(bin, name), args...)
		cmd.Dir, cmd.SysProcAttr = dir, who
		return cmd
	}
	if out, err := command("initdb", "-D", data, "-U", "bench", "-E", "UTF8", "--locale=C", "--auth=trust").CombinedOutput(); err != nil {
		check(fmt.Errorf("initdb: %w\n%s", err, out))
	}
	const port = "8405"
	cmd := command("postgres", "-D", data, "-k", dir, "-h", "127.0.0.1", "-p", port)
	check(cmd.Start())
	b.tidy = append(b.tidy, func() { // before the folder goes
		_ = cmd.Process.Signal(syscall.SIGINT) // PostgreSQL's fast shutdown
		_ = cmd.Wait()
	})
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err == nil {
			conn.Close()
			return &cluster{cmd: cmd, url: "postgres://bench@127.0.0.1:" + port + "/postgres?sslmode=disable", data: data}
		}
		if time.Now().After(end) {
			check(fmt.Errorf("PostgreSQL does not answer: %w", err))
		}
	}
}

func lend(dir string) (*syscall.Credential, error) {
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, uid, gid)
}

var (
	pgDelete = regexp.MustCompile(`(?m)^delete2\s+set of 1000, c=1\s+(\d+) users/s`)
	pgPurge  = regexp.MustCompile(`(?m)^purge\s+sets of 1000: .* (\d+) users/s`)
)

// onPostgres copies the organization in data to PostgreSQL and measures it there.
func (b *bench) onPostgres(n int, data string) {
	pg := b.postgres()
	beside := filepath.Join(b.dir, "beside"+strconv.Itoa(n))
	if out, err := exec.CommandContext(b.ctx, filepath.Join(b.bin, "leaver"), "copy", "--from", data, "--to", pg.url, "--to-bodies", filepath.Join(beside, "bodies")).CombinedOutput(); err != nil {
		check(fmt.Errorf("leaver copy: %w\n%s", err, out))
	}
	leaver := b.start("leaver", "http://127.0.0.1:8406", "/readyz", "serve", "--listen", "127.0.0.1:8406", "--database", pg.url, "--data", beside)
	leaver.files = pg.data
	ref := b.reference(n, postgresName)
	b.pairs(n, postgresName, leaver, ref)
	ref.stop()
	b.bulk(n, postgresName, leaver, func(_, _ int) map[string]float64 { return b.pgFloor(pg) })
	leaver.stop()
	b.clean()
}

// pgFloor is what sets of 1000 reach on a database of their own in the cluster.
// It drops its tables first; Leaver's have other columns, so it gets a database of its own.
func (b *bench) pgFloor(pg *cluster) map[string]float64 {
	const people = "100000" // it deletes a fixed number in each round
	if out, err := exec.CommandContext(b.ctx, "psql", "-q", pg.url, "-c", "create database floor").CombinedOutput(); err != nil {
		check(fmt.Errorf("create database: %w\n%s", err, out))
	}
	out, err := exec.CommandContext(b.ctx, filepath.Join(b.bin, "pgfloor"), "-dsn", pg.database("floor"), "-n", people, "-rounds", "5", "-pid", strconv.Itoa(pg.cmd.Process.Pid)).CombinedOutput()
	if err != nil {
		check(fmt.Errorf("pgfloor: %w\n%s", err, out))
	}
	return map[string]float64{"delete": rate(pgDelete, out), "purge": rate(pgPurge, out)}
}

func rate(pattern *regexp.Regexp, out []byte) float64 {
	m := pattern.FindSubmatch(out)
	if m == nil {
		check(fmt.Errorf("no %s in\n%s", pattern, out))
	}
	f, err := strconv.ParseFloat(string(m[1]), 64)
	check(err)
	return f
}
