package soak

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// built is the program itself, made once for all tests.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "leaver-soak-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "leaver")
	out, err := exec.Command("go", "build", "-o", file, "leaver/cmd/leaver").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return file, nil
})

// program is the running server of a practice organization.
type program struct {
	cmd  *exec.Cmd
	base string
	http *http.Client
}

// serve starts the server and waits until it says where it is.
func serve(t *testing.T, dir string, users int, args ...string) *program {
	t.Helper()
	file, err := built()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(file, append([]string{"demo", "--json", "--listen", "127.0.0.1:0", "--users", strconv.Itoa(users)}, args...)...)
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadBytes('\n')
	var told struct{ URL string }
	if err == nil {
		err = json.Unmarshal(line, &told)
	}
	if err != nil {
		t.Fatalf("the server said %q: %v, %v", line, err, cmd.Wait())
	}
	return &program{
		cmd: cmd, base: strings.TrimSuffix(told.URL, "/"),
		// Idle connections go before the server lets go of them: a request that
		// crosses that on its way is lost, and Go repeats only reading ones.
		http: &http.Client{Timeout: 10 * time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 2 * apiClients, IdleConnTimeout: 30 * time.Second}},
	}
}

// stop asks the server to end and wants it to end well.
func (p *program) stop(t *testing.T) {
	t.Helper()
	p.http.CloseIdleConnections()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

// token signs in; fields are names and values by turns.
func (p *program) token(t *testing.T, fields ...string) string {
	t.Helper()
	form := url.Values{"scope": {"https://graph.microsoft.com/.default"}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	answer, err := p.http.PostForm(p.base+"/lindeboom.example/oauth2/v2.0/token", form)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var got struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil || got.Token == "" {
		t.Fatalf("no token: %s, %v", answer.Status, err)
	}
	return got.Token
}

// answer is how a request went.
type answer struct {
	status int
	code   string
	took   time.Duration
	err    error // anything but success
}

// ruled says that a rule, and no fault, said no.
func (a *answer) ruled() bool {
	return a.status >= 400 && a.status < 500 && a.code != "" &&
		a.status != http.StatusUnauthorized && a.status != http.StatusTooManyRequests && a.status != http.StatusRequestTimeout
}

func (p *program) call(ctx context.Context, token, method, path string, body, into any) answer {
	var in io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return answer{err: err}
		}
		in = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, p.base+strings.ReplaceAll(path, " ", "%20"), in)
	if err != nil {
		return answer{err: err}
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	began := time.Now()
	w, err := p.http.Do(r)
	if err != nil {
		return answer{err: err}
	}
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	a := answer{status: w.StatusCode, took: time.Since(began), err: err}
	if err == nil && w.StatusCode >= 300 {
		var said struct {
			Error struct{ Code, Message string }
		}
		_ = json.Unmarshal(text, &said) // then there is no code, which counts as a fault
		a.code, a.err = said.Error.Code, fmt.Errorf("%s %s: %d %.300s", method, path, w.StatusCode, text)
	} else if err == nil && into != nil {
		a.err = json.Unmarshal(text, into)
	}
	return a
}

// local takes the server's own address off a link.
func (p *program) local(link string) string { return strings.TrimPrefix(link, p.base) }

// memory looks at the resident memory of the server, in MiB, thirty times.
func (p *program) memory(ctx context.Context, length time.Duration) []int {
	var all []int
	ticker := time.NewTicker(length / 30)
	defer ticker.Stop()
	for {
		all = append(all, resident(p.cmd.Process.Pid))
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return all
		}
	}
}

// resident reads what Linux says; elsewhere it is nothing.
func resident(pid int) int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmRSS:" {
			n, err := strconv.Atoi(fields[1])
			if err != nil {
				return 0
			}
			return n / 1024
		}
	}
	return 0
}
