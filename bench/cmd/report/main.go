// report runs every row of the table of figures against the floors in one run,
// for organizations of several sizes, and writes docs/performance.md with the
// ratios and a plot of cost against size. Machines are shared and noisy: only
// ratios measured side by side are quoted.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	sqliteName   = "SQLite"
	postgresName = "PostgreSQL"
)

// Row is one measured figure of one size.
type Row struct {
	Database string
	Size     int
	What     string
	Clients  int
	Leaver   float64 // operations a second
	Floor    float64
	Ratio    float64 // median of the pairs
	Low      float64
	High     float64
	P50      float64 // microseconds, Leaver's
}

// bench carries one run.
type bench struct {
	ctx   context.Context
	bin   string // folder with leaver and the floors
	dir   string // scratch
	rows  []Row
	facts []string // sentences below the table
	tidy  []func() // what to end and remove, last first
}

func main() {
	bin := flag.String("bin", "bin", "folder with leaver, refdir, pairbench and dbfloor")
	sizes := flag.String("sizes", "10000,100000,1000000", "people in the organizations measured")
	postgres := flag.Int("postgres", 1_000_000, "measure PostgreSQL too, up to so many people")
	out := flag.String("out", "../docs/performance.md", "report to write between its markers")
	flag.Parse()
	dir, err := os.MkdirTemp("", "leaver-bench-")
	check(err)
	defer os.RemoveAll(dir)
	b := &bench{ctx: context.Background(), bin: *bin, dir: dir}
	b.plans()
	b.few()
	for _, s := range strings.Split(*sizes, ",") {
		n, err := strconv.Atoi(s)
		check(err)
		b.size(n, n <= *postgres)
	}
	check(b.write(*out))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// server is a program under test.
type server struct {
	cmd   *exec.Cmd
	url   string
	files string // folder of its database, where that matters
}

func (b *bench) start(name, url string, ready string, args ...string) *server {
	cmd := exec.CommandContext(b.ctx, filepath.Join(b.bin, name), args...)
	log, err := os.Create(filepath.Join(b.dir, name+".log"))
	check(err)
	cmd.Stdout, cmd.Stderr = log, log
	check(cmd.Start())
	check(waitFor(url+ready, 30*time.Minute))
	return &server{cmd: cmd, url: url}
}

// stop asks a program to end: with the signal of an operator, since an interrupt
// is ignored by what was started in the background of a shell.
func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
}

func (s *server) pid() string { return strconv.Itoa(s.cmd.Process.Pid) }

func (b *bench) clean() {
	for i := len(b.tidy) - 1; i >= 0; i-- {
		b.tidy[i]()
	}
	b.tidy = nil
}

// size measures one organization.
func (b *bench) size(n int, postgres bool) {
	fmt.Fprintf(os.Stderr, "== %d people\n", n)
	data := b.make(n)
	copied := data + "-pg"
	if postgres { // before anybody is deleted from it
		check(os.CopyFS(copied, os.DirFS(data)))
	}
	leaver, ref := b.serve(data), b.reference(n, sqliteName)
	b.centre(n, leaver, "")
	b.pairs(n, sqliteName, leaver, ref)
	ref.stop()
	b.bulk(n, sqliteName, leaver, b.sqliteFloor)
	b.centre(n, leaver, " after that run, purge and the trail of both")
	leaver.stop()
	b.cold(n, data)
	check(os.RemoveAll(data))
	if postgres {
		b.onPostgres(n, copied)
		check(os.RemoveAll(copied))
	}
}

// make builds a practice organization.
func (b *bench) make(n int) (data string) {
	data = filepath.Join(b.dir, "org"+strconv.Itoa(n))
	began := time.Now()
	b.start("leaver", "http://127.0.0.1:8401", "/readyz", "demo", "--listen", "127.0.0.1:8401", "--data", data, "--users", strconv.Itoa(n)).stop()
	b.facts = append(b.facts, fmt.Sprintf("An organization of %d people was made in %s; it takes %.2f KiB of disk a person (goal ≤ 1.5).",
		n, time.Since(began).Round(time.Second), diskKiB(data)/float64(n)))
	return data
}

func (b *bench) serve(data string) *server {
	s := b.start("leaver", "http://127.0.0.1:8403", "/readyz", "serve", "--listen", "127.0.0.1:8403", "--data", data)
	s.files = data
	return s
}

// reference starts the floor for what goes over HTTP.
func (b *bench) reference(n int, beside string) *server {
	file := filepath.Join(b.dir, "ref"+strconv.Itoa(n)+beside, "dir.db")
	s := b.start("refdir", "http://127.0.0.1:8402", "/echo", "-addr", "127.0.0.1:8402", "-db", file, "-load", strconv.Itoa(n))
	s.files = filepath.Dir(file)
	return s
}
