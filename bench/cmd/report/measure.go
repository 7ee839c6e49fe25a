package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"leaver/bench/internal/proc"
)

func waitFor(address string, limit time.Duration) error {
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if r, err := http.Get(address); err == nil {
			r.Body.Close()
			if r.StatusCode < 300 {
				return nil
			}
		}
	}
	return fmt.Errorf("%s did not answer within %s", address, limit)
}

// appToken signs in as the practice organization's app, which may do everything.
func appToken(base string) (string, error) {
	return tokenOf(base, "11111111-1111-4111-8111-111111111111", "practice-secret")
}

func tokenOf(base, client, secret string) (string, error) {
	r, err := http.PostForm(base+"/organizations/oauth2/v2.0/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {client}, "client_secret": {secret}, "scope": {"https://graph.microsoft.com/.default"},
	})
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	var t struct {
		AccessToken string `json:"access_token"`
	}
	return t.AccessToken, json.NewDecoder(r.Body).Decode(&t)
}

// userAdmin is the role User Administrator.
const userAdmin = "fe930be7-5e62-47db-91af-98c3a49a38b1"

// ownToken registers an app as an administrator does for a program of theirs, with
// the permission and the role that reading, deleting and restoring people take and
// no more, and signs in as it. A token names everything that its app may do, and
// is read with every request.
func (b *bench) ownToken(base string) (string, error) {
	all, err := appToken(base)
	if err != nil {
		return "", err
	}
	ask := `{"displayName":"Leavers","permissions":["User.ReadWrite.All"],"roles":["` + userAdmin + `"]}`
	req, err := http.NewRequestWithContext(b.ctx, http.MethodPost, base+"/api/v1/apps", strings.NewReader(ask))
	if err != nil {
		return "", err
	}
	req.Header = http.Header{"Authorization": {"Bearer " + all}, "Content-Type": {"application/json"}}
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusCreated {
		return "", fmt.Errorf("register an app: %s", r.Status)
	}
	var app struct{ AppID, Secret string }
	if err := json.NewDecoder(r.Body).Decode(&app); err != nil {
		return "", err
	}
	return tokenOf(base, app.AppID, app.Secret)
}

// warm reads the files in folders once, so that neither side begins with pages that come
// from the disk: some machines take back the memory of files that nobody read for a minute,
// however much of it is free.
func warm(dirs ...string) {
	for _, dir := range dirs {
		check(filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) { // gone meanwhile
				return nil
			}
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			file, err := os.Open(path)
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			defer file.Close()
			_, err = io.Copy(io.Discard, file)
			return err
		}))
	}
}

func diskKiB(dir string) float64 { return proc.Disk(dir) * 1024 }

// pairs drives Leaver and the reference directory in turn.
func (b *bench) pairs(n int, database string, leaver, ref *server) {
	warm(leaver.files, ref.files)
	token, err := b.ownToken(leaver.url)
	check(err)
	have := min(9000, n*8/10)
	results := filepath.Join(b.dir, fmt.Sprintf("pairs%d%s.json", n, database))
	cmd := exec.CommandContext(b.ctx, filepath.Join(b.bin, "pairbench"), "-json", results, "-n", strconv.Itoa(have), "-ops", "get,list,deep,search,delete,restore",
		"-a", fmt.Sprintf("graph url=%s token=%s domain=lindeboom.example pid=%s have=%d", leaver.url, token, leaver.pid(), have),
		"-b", fmt.Sprintf("ref url=%s pid=%s have=%d", ref.url, ref.pid(), have))
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	check(cmd.Run())
	file, err := os.Open(results)
	check(err)
	defer file.Close()
	for d := json.NewDecoder(file); ; {
		var r struct {
			Op, Side                  string
			C                         int
			Ops, P50us                float64
			Ratio, RatioMin, RatioMax float64
		}
		if err := d.Decode(&r); errors.Is(err, io.EOF) {
			return
		} else {
			check(err)
		}
		if r.Side == "graph" {
			b.rows = append(b.rows, Row{Database: database, Size: n, What: r.Op, Clients: r.C, Leaver: r.Ops, Floor: r.Ops / r.Ratio, Ratio: r.Ratio, Low: r.RatioMin, High: r.RatioMax, P50: r.P50us})
		}
	}
}

var floorRate = regexp.MustCompile(`(?m)^(delete|purge)\s+mattn\s+FULL\s+batch 1000\s+sets in order\s+(\d+) users/s`)

// bulk deletes people from one CSV through the command line, then purges them by
// the sweep, and compares both with what floor says of bare sets of 1000.
func (b *bench) bulk(n int, database string, leaver *server, floor func(n, people int) map[string]float64) {
	people := min(100_000, n*8/10)
	list := filepath.Join(b.dir, "leavers.csv")
	check(b.leavers(leaver, list, people))
	bare := floor(n, people)
	warm(leaver.files) // the floor made its own just now
	before := proc.RSS(leaver.cmd.Process.Pid)
	timed := func(what string, args ...string) {
		began := time.Now()
		b.run(leaver, args...)
		rate := float64(people) / time.Since(began).Seconds()
		b.rows = append(b.rows, Row{Database: database, Size: n, What: "bulk " + what, Clients: 1, Leaver: rate, Floor: bare[what], Ratio: rate / bare[what]})
	}
	timed("delete", "delete", "--csv", list, "--yes", "--override", "massDelete", "--quiet")
	timed("purge", "clock", "advance", "31d", "--quiet")
	b.facts = append(b.facts, fmt.Sprintf("On %s with %d people the server took %.0f MiB before a bulk run and purge of %d, and %.0f MiB after.",
		database, n, before, people, proc.RSS(leaver.cmd.Process.Pid)))
}

// sqliteFloor is the bare work in storage order, on as many of an organization of n
// as leave Leaver's: those who were stored first, as the list gives them.
func (b *bench) sqliteFloor(n, people int) map[string]float64 {
	dir := filepath.Join(b.dir, "floor")
	out, err := exec.CommandContext(b.ctx, filepath.Join(b.bin, "dbfloor"), "-dir", dir, "-n", strconv.Itoa(n), "-take", strconv.Itoa(people), "-forms", "mattn:FULL:1000SO",
		"-rounds", strconv.Itoa(max(1, people/10000)), "-reads=false").CombinedOutput()
	check(err)
	check(os.RemoveAll(dir))
	rates := map[string]float64{}
	for _, m := range floorRate.FindAllStringSubmatch(string(out), -1) {
		rates[m[1]], err = strconv.ParseFloat(m[2], 64)
		check(err)
	}
	return rates
}

// run is one command of the command line against the server.
func (b *bench) run(leaver *server, args ...string) {
	cmd := exec.CommandContext(b.ctx, filepath.Join(b.bin, "leaver"), append(args, "--server", leaver.url)...)
	cmd.Env = append(os.Environ(), "LEAVER_CLIENT_ID=11111111-1111-4111-8111-111111111111", "LEAVER_CLIENT_SECRET=practice-secret")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		if x, ok := errors.AsType[*exec.ExitError](err); !ok || x.ExitCode() != 4 { // some refused: the special people
			check(fmt.Errorf("leaver %s: %w", strings.Join(args, " "), err))
		}
	}
}

// leavers writes a CSV of people, by following the list page by page.
func (b *bench) leavers(leaver *server, file string, n int) error {
	token, err := appToken(leaver.url)
	if err != nil {
		return err
	}
	var out strings.Builder
	out.WriteString("userPrincipalName\n")
	next := leaver.url + "/v1.0/users?$top=999&$select=userPrincipalName"
	for got := 0; got < n && next != ""; {
		req, err := http.NewRequestWithContext(b.ctx, http.MethodGet, next, nil)
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Bearer "+token)
		r, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		var page struct {
			Value []struct{ UserPrincipalName string }
			Next  string `json:"@odata.nextLink"`
		}
		err = json.NewDecoder(r.Body).Decode(&page)
		r.Body.Close()
		if err != nil {
			return err
		}
		for _, u := range page.Value {
			if got < n && !strings.HasPrefix(u.UserPrincipalName, "admin") {
				out.WriteString(u.UserPrincipalName + "\n")
				got++
			}
		}
		next = page.Next
	}
	return os.WriteFile(file, []byte(out.String()), 0o600)
}

// cold measures from start to first answer, and memory at rest.
func (b *bench) cold(n int, data string) {
	began := time.Now()
	s := b.serve(data)
	up := time.Since(began)
	time.Sleep(time.Second)
	b.facts = append(b.facts, fmt.Sprintf("Start with %d people to first answer: %d ms (goal ≤ 1.2 × that of a hundred); memory at rest %.0f MiB (goal ≤ 150).",
		n, up.Milliseconds(), proc.RSS(s.cmd.Process.Pid)))
	s.stop()
}

// few measures the organization to which the start of large ones is compared.
func (b *bench) few() {
	data := b.make(100)
	s := b.serve(data)
	b.centre(100, s, "")
	s.stop()
	b.cold(100, data)
	check(os.RemoveAll(data))
}

var planRate = regexp.MustCompile(`(?m)^BenchmarkPlanOne\S*.*?(\d+) plans/s`)

// plans measures the planner alone, on one core. There is no floor beside it that busy
// neighbours slow down as well, so it is measured nine times.
func (b *bench) plans() {
	out, err := exec.CommandContext(b.ctx, "go", "test", "-C", "..", "-run", "^$", "-bench", "PlanOne", "-count", "9", "-cpu", "1", "./internal/org").CombinedOutput()
	if err != nil {
		check(fmt.Errorf("%w\n%s", err, out))
	}
	var all []float64
	for _, m := range planRate.FindAllSubmatch(out, -1) {
		f, err := strconv.ParseFloat(string(m[1]), 64)
		check(err)
		all = append(all, f)
	}
	if len(all) == 0 {
		check(fmt.Errorf("no %s in\n%s", planRate, out))
	}
	slices.Sort(all)
	b.facts = append(b.facts, fmt.Sprintf("The plan of one leaver with ten consequences, pure, on one core: %.0f a second, the median of nine runs (goal ≥ 100,000).", all[len(all)/2]))
}
