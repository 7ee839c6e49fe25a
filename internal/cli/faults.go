package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"leaver/internal/graphclient"
	"leaver/internal/locale"
)

// The exit statuses.
const (
	ExitDone        = 0
	ExitFailure     = 1
	ExitUsage       = 2
	ExitRefused     = 3 // by a rule; nothing changed
	ExitPartial     = 4 // some rows failed, the rest is done
	ExitNotFound    = 5
	ExitDenied      = 6
	ExitInterrupted = 130 // as a shell counts SIGINT
)

// A Fault is why a command failed. Code is what scripts look at; the message is
// cli.fault.<Code> in the catalogue, and the advice cli.advice.<Code>.
type Fault struct {
	Exit int
	Code string
	Args []any // names and values by turns
	// Said is what to write when the server has said it already.
	Said   string
	Advice string
	Cause  error
	// Told says that everything has been written; only the status is left.
	Told bool
}

// Error names the fault for a log.
func (f *Fault) Error() string {
	if f.Cause != nil {
		return fmt.Sprintf("%s: %v", f.Code, f.Cause)
	}
	return f.Code
}

// Unwrap answers the cause.
func (f *Fault) Unwrap() error { return f.Cause }

// fault makes a Fault with a message of the catalogue.
func fault(exit int, code string, args ...any) *Fault {
	return &Fault{Exit: exit, Code: code, Args: args}
}

// usage is a Fault of the command line itself.
func usage(code string, args ...any) *Fault { return fault(ExitUsage, code, args...) }

// told ends a command whose trouble has been written already.
func told(exit int) error {
	if exit == ExitDone {
		return nil
	}
	return &Fault{Exit: exit, Told: true}
}

// report writes what went wrong, on one line, and answers the exit status.
func (s *session) report(err error) int {
	if err == nil {
		return ExitDone
	}
	f := s.asFault(err)
	if f.Told {
		return f.Exit
	}
	said, advice := f.Said, f.Advice
	if said == "" {
		said = s.text("cli.fault."+f.Code, f.Args...)
	}
	if advice == "" && locale.Has(s.lang, "cli.advice."+f.Code) {
		advice = s.text("cli.advice."+f.Code, f.Args...)
	}
	line := "leaver: " + f.Code + ": " + sentence(said)
	if advice != "" {
		line += " " + sentence(advice)
	}
	fmt.Fprintln(s.Stderr, strings.Join(strings.Fields(clean(line)), " "))
	return f.Exit
}

// asFault finds the fault in an error, or makes one of it.
func (s *session) asFault(err error) *Fault {
	var f *Fault
	var said *graphclient.Error
	var gone *graphclient.Unreachable
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, context.Canceled):
		return fault(ExitInterrupted, "interrupted")
	case errors.As(err, &said):
		return s.serverFault(said)
	case errors.As(err, &gone):
		return &Fault{Exit: ExitFailure, Code: "unreachable", Args: []any{"server", gone.Server, "cause", rootCause(gone.Cause)}, Cause: err}
	}
	return &Fault{Exit: ExitFailure, Code: "internal", Args: []any{"cause", err.Error()}, Cause: err}
}

// rootCause is the innermost error, which says most in the fewest words.
func rootCause(err error) string {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return err.Error()
}

// serverFault puts a "no" of the server into our words where it has none.
func (s *session) serverFault(e *graphclient.Error) *Fault {
	f := &Fault{Exit: exitOf(e.Status, e.Code, e.Rule()), Code: e.Code, Said: e.Message, Advice: e.Hint(), Cause: e}
	if strings.HasPrefix(e.Code, "http.") { // something that isn't Leaver answered
		f.Code, f.Said, f.Args = "server", "", []any{"status", fmt.Sprint(e.Status, " ", e.Message)}
		return f
	}
	switch key := "cli.advice." + e.Code; {
	case locale.Has(s.lang, key): // names the command that helps, where the server can't
		f.Said, f.Advice = strings.TrimSpace(strings.TrimSuffix(f.Said, s.hint(e.Code))), s.text(key)
	case f.Advice == "":
		f.Advice = s.adviceOn(e.Code, e.Message)
	}
	// The token endpoint has one code for much; the number before its message says which.
	if number, _, found := strings.Cut(e.Message, ":"); found && f.Advice == "" && locale.Has(s.lang, "cli.advice."+number) {
		f.Advice = s.text("cli.advice." + number)
	}
	if e.Status >= http.StatusInternalServerError && e.RequestID != "" {
		f.Advice = strings.TrimSpace(f.Advice + " " + s.text("cli.requestID", "id", e.RequestID))
	}
	return f
}

// hint is the catalogue's advice on a refusal, as far as it can be given
// without knowing more.
func (s *session) hint(code string) string {
	key := "hint." + code
	if !locale.Has(s.lang, key) {
		return ""
	}
	if text := locale.Text(s.lang, key, nil); !openPlace.MatchString(text) {
		return text
	}
	return ""
}

// adviceOn is the hint on a refusal, unless what was said holds it already.
func (s *session) adviceOn(code, said string) string {
	if hint := s.hint(code); !strings.Contains(said, hint) {
		return hint
	}
	return ""
}

var openPlace = regexp.MustCompile(`\{[A-Za-z]+\}`)

// exitOf answers the exit status of a "no": by its status, except that a rule
// that refuses is never wrong usage.
func exitOf(status int, code, rule string) int {
	if code == "invalid_client" || code == "invalid_grant" || code == "unauthorized_client" { // of the token endpoint: who are you?
		return ExitDenied
	}
	switch status {
	case http.StatusBadRequest:
		if rule != "" {
			return ExitRefused
		}
		return ExitUsage
	case http.StatusUnauthorized, http.StatusForbidden:
		return ExitDenied
	case http.StatusNotFound, http.StatusGone:
		return ExitNotFound
	case http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity:
		return ExitRefused
	}
	return ExitFailure
}

// exitOfRefusal answers the exit status of a refusal in a plan, which has no
// HTTP status of its own.
func exitOfRefusal(kind, code string) int {
	switch kind {
	case "denied", "unauthenticated":
		return ExitDenied
	case "notFound":
		return ExitNotFound
	case "":
		switch code {
		case "user.notFound", "user.purged", "user.purging":
			return ExitNotFound
		case "actor.noRole", "actor.notAdmin", "user.outranks", "user.roleGroup", "user.self":
			return ExitDenied
		}
	}
	return ExitRefused
}

// sentence ends a text as a sentence ends.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?:") {
		return text
	}
	return text + "."
}
