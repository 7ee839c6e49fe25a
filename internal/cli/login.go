package cli

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"leaver/internal/graphclient"
)

// ClientID is the public client that this command line signs people in with; every
// organization has it.
const ClientID = "6c656176-6572-4c6f-8a01-636f6d6d616e"

type loginCommand struct {
	User         string `placeholder:"UPN"`
	PasswordFile string `placeholder:"FILE"`
	ClientID     string `placeholder:"ID"`
}

// Run signs in and keeps the token.
func (c *loginCommand) Run(ctx context.Context, s *session) error {
	address, saved, err := s.serverAddress()
	if err != nil {
		return err
	}
	transport, err := s.transport(saved)
	if err != nil {
		return err
	}
	client := s.client(address, transport)
	id := firstOf(c.ClientID, ClientID)
	grant, err := c.signIn(ctx, s, s.authority(client), id)
	if err != nil {
		return err
	}
	client.Tokens = graphclient.Bearer(grant.AccessToken)
	me, err := client.Me(ctx)
	if err != nil {
		return err
	}
	trusted := firstOf(s.CAFile, s.Getenv("LEAVER_CA_FILE"))
	if trusted != "" {
		if trusted, err = filepath.Abs(trusted); err != nil {
			return fileFault(trusted, err)
		}
	} else if saved != nil {
		trusted = saved.CAFile
	}
	kept := &login{
		Name: me.V.UserPrincipalName, ClientID: id, CAFile: trusted,
		AccessToken: grant.AccessToken, RefreshToken: grant.RefreshToken, Expires: grant.Expires,
	}
	if err := s.keepLogin(address.String(), kept); err != nil {
		return err
	}
	if s.JSON {
		return s.json(map[string]string{"server": address.String(), "userPrincipalName": kept.Name})
	}
	s.tell("cli.login.done", "user", kept.Name, "server", address.String())
	return nil
}

// signIn gets a grant: with a name and password, or in a browser.
func (c *loginCommand) signIn(ctx context.Context, s *session, a *graphclient.Authority, id string) (graphclient.Grant, error) {
	if c.User != "" || c.PasswordFile != "" {
		if c.User == "" {
			return graphclient.Grant{}, usage("passwordNeedsUser")
		}
		password, err := s.password(c.PasswordFile, "cli.ask.password")
		if err != nil {
			return graphclient.Grant{}, err
		}
		return a.Password(ctx, id, c.User, password)
	}
	device, err := a.StartDevice(ctx, id)
	if err != nil {
		return graphclient.Grant{}, err
	}
	s.note(s.text("cli.login.device", "address", device.Address, "code", device.UserCode)) // also with --quiet: it has to be done
	return a.AwaitDevice(ctx, id, device)
}

type logoutCommand struct{}

// Run forgets the sign-in of the server.
func (c *logoutCommand) Run(s *session) error {
	address, saved, err := s.serverAddress()
	if err != nil {
		return err
	}
	if saved == nil {
		return fault(ExitFailure, "noLogin", "server", address.String())
	}
	if err := s.keepLogin(address.String(), nil); err != nil {
		return err
	}
	s.tell("cli.logout.done", "server", address.String())
	return nil
}

type whoamiCommand struct{}

// Run says who the commands act as, and where.
func (c *whoamiCommand) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	organization, err := l.Organization(ctx)
	if err != nil {
		return err
	}
	who := map[string]string{"organization": organization.V.DisplayName, "server": l.Server.String()}
	me, err := l.Me(ctx)
	var said *graphclient.Error
	switch {
	case l.local:
		who["server"], who["as"] = firstOf(s.Data, s.Database), "operator"
	case errors.As(err, &said): // an app is nobody's /me
		who["as"] = "app"
	case err != nil:
		return err
	default:
		who["as"], who["userPrincipalName"] = "user", me.V.UserPrincipalName
	}
	if s.JSON {
		return s.json(who)
	}
	s.field(s.text("cli.label.organization"), who["organization"])
	s.field(s.text("cli.label.server"), who["server"])
	s.field(s.text("cli.label.as"), firstOf(who["userPrincipalName"], s.text("cli.whoami."+who["as"])))
	return nil
}

// password reads a password from a file ("-": standard input), or asks for it.
// It is never taken from the command line, where others can read it.
func (s *session) password(file, question string) (string, error) {
	switch {
	case file == "-":
		return firstLine(s.Stdin, "-")
	case file != "":
		f, err := os.Open(file)
		if err != nil {
			return "", fileFault(file, err)
		}
		defer f.Close()
		return firstLine(f, file)
	case !s.Terminal.In || s.Terminal.ReadPassword == nil:
		return "", usage("passwordNeeded")
	}
	_, _ = io.WriteString(s.Stderr, s.text(question)+" ")
	password, err := s.Terminal.ReadPassword()
	_, _ = io.WriteString(s.Stderr, "\n")
	if err == nil && password == "" {
		return "", usage("passwordEmpty")
	}
	return password, err
}

// firstLine reads a password: the first line of a file.
func firstLine(r io.Reader, name string) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fileFault(name, err)
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", usage("passwordEmpty")
	}
	return line, nil
}
