// Command leaver deletes people from an organization the careful way, and serves
// the organization they are deleted from. This file joins the program to its
// surroundings; what the commands do is in internal/cli, what they work with is
// put together in site.go.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/google/uuid"
	"golang.org/x/term"

	"leaver/internal/cli"
)

// version is set when a release is built.
var version string

func main() { os.Exit(run()) }

// run carries out the command line. The first signal ends the work cleanly, a
// later one at once. One that follows on its heels is the same one: timeout(1)
// and others send it to the process and to its group.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() { // ends with the process
		<-ctx.Done()
		<-time.After(time.Second)
		stop()
	}()
	return newProgram().Run(ctx, os.Args[1:])
}

// newProgram is the program in the surroundings of this process.
func newProgram() *cli.Program {
	config, err := os.UserConfigDir()
	if err != nil {
		config = "" // no home: sign-ins aren't kept
	}
	p := &cli.Program{
		Version: versionOf(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv,
		Terminal: terminal(), ConfigDir: config, Now: time.Now, NewKey: newID,
	}
	p.Host = &host{version: p.Version, stderr: os.Stderr, now: time.Now, operator: operatorName()}
	return p
}

// terminal looks at what is connected to one.
func terminal() cli.Terminal {
	t := cli.Terminal{
		In: term.IsTerminal(int(os.Stdin.Fd())), Out: term.IsTerminal(int(os.Stdout.Fd())), Err: term.IsTerminal(int(os.Stderr.Fd())),
		ReadPassword: func() (string, error) {
			password, err := term.ReadPassword(int(os.Stdin.Fd()))
			return string(password), err
		},
	}
	for _, f := range []*os.File{os.Stdout, os.Stderr} {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && t.Width == 0 {
			t.Width = width
		}
	}
	return t
}

// newID makes a time-ordered GUID: random ones cost the database three times the
// writing.
func newID() string {
	id, err := uuid.NewV7()
	if err != nil {
		id = uuid.New()
	}
	return id.String()
}

// versionOf is the version of the release, or of the sources it was built from.
func versionOf() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// operatorName names whoever has the data in hand, for the audit trail.
func operatorName() string {
	for _, name := range []string{"SUDO_USER", "USER", "LOGNAME", "USERNAME"} {
		if user := os.Getenv(name); user != "" {
			return user
		}
	}
	return "operator"
}
