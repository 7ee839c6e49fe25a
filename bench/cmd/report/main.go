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
	"time"
)

// Row is one measured figure of one size.
type Row struct {
	Size    int
	What    string
	Clients int
	Leaver  float64 // operations a second
	Floor   float64
	Ratio   float64 // median of the pairs
	Low     float64
	High    float64
	P50     float64 // microseconds, Leaver's
}

// bench carries one run.
type bench struct {
	ctx   context.Context
	bin   string // folder with leaver and the floors
	dir   string // scratch
	rows  []Row
	facts []string // sentences below the table
}

func main() {
	bin := flag.String("bin", "bin", "folder with leaver, refdir, pairbench and dbfloor")
	sizes := flag.String("sizes", "10000,100000,1000000", "people in the organizations measured")
	out := flag.String("out", "../docs/performance.md", "report to write between its markers")
	flag.Parse()
	dir, err := os.MkdirTemp("", "leaver-bench-")
	check(err)
	defer os.RemoveAll(dir)
	b := &bench{ctx: context.Background(), bin: *bin, dir: dir}
	for _, s := range strings.Split(*sizes, ",") {
		n, err := strconv.Atoi(s)
		check(err)
		b.size(n)
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
	cmd *exec.Cmd
	url string
}

func (b *bench) start(name, url string, ready string, args ...string) *server {
	cmd := exec.CommandContext(b.ctx, filepath.Join(b.bin, name), args...)
	log, err := os.Create(filepath.Join(b.dir, name+".log"))
	check(err)
	cmd.Stdout, cmd.Stderr = log, log
	check(cmd.Start())
	check(waitFor(url+ready, 30*time.Minute))
	return &server{cmd, url}
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(os.Interrupt)
	_ = s.cmd.Wait()
}

func (s *server) pid() string { return strconv.Itoa(s.cmd.Process.Pid) }

// size measures one organization.
func (b *bench) size(n int) {
	fmt.Fprintf(os.Stderr, "== %d people\n", n)
	data := filepath.Join(b.dir, "org"+strconv.Itoa(n))
	began := time.Now()
	leaver := b.start("leaver", "http://127.0.0.1:8401", "/readyz", "demo", "--listen", "127.0.0.1:8401", "--data", data, "--users", strconv.Itoa(n))
	b.facts = append(b.facts, fmt.Sprintf("An organization of %d people was made in %s; it takes %.2f KiB of disk a person.",
		n, time.Since(began).Round(time.Second), diskKiB(data)/float64(n)))
	ref := b.start("refdir", "http://127.0.0.1:8402", "/echo", "-addr", "127.0.0.1:8402", "-db", filepath.Join(b.dir, "ref"+strconv.Itoa(n), "dir.db"), "-load", strconv.Itoa(n))
	token, err := appToken(leaver.url)
	check(err)
	b.pairs(n, leaver, ref, token)
	ref.stop()
	b.bulk(n, leaver)
	leaver.stop()
	b.cold(n, data)
	check(os.RemoveAll(data))
}
