package main

import (
	"context"
	"fmt"
	"time"

	"leaver/internal/cli"
	"leaver/internal/identity"
	"leaver/internal/offboard"
	"leaver/internal/practice"
)

// applicationPermissions is everything that an app can be given to do on its own.
func applicationPermissions() []string {
	return []string{
		"Application.Read.All", "Application.ReadWrite.All", "AuditLog.Read.All", "Directory.Read.All", "Directory.ReadWrite.All",
		"Domain.Read.All", "Domain.ReadWrite.All", "Files.Read.All", "Files.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All",
		"GroupMember.Read.All", "GroupMember.ReadWrite.All", "LicenseAssignment.Read.All", "LicenseAssignment.ReadWrite.All",
		"Mail.Read", "Mail.ReadBasic.All", "Mail.ReadWrite", "Mail.Send", "MailboxSettings.Read", "MailboxSettings.ReadWrite",
		"Organization.Read.All", "Organization.ReadWrite.All", "RoleManagement.Read.All", "RoleManagement.Read.Directory",
		"RoleManagement.ReadWrite.Directory", "SharePointTenantSettings.Read.All", "SharePointTenantSettings.ReadWrite.All",
		"Sites.FullControl.All", "Sites.Read.All", "Sites.ReadWrite.All", "User.DeleteRestore.All", "User.EnableDisableAccount.All",
		"User.Invite.All", "User.ManageIdentities.All", "User.Read.All", "User.ReadWrite.All", "User.RevokeSessions.All",
	}
}

// delegatedPermissions is everything that an app can be allowed to do in
// somebody's name. What that person may do limits it further.
func delegatedPermissions() []string {
	return append(applicationPermissions(), "User.Read", "User.ReadWrite", "Files.Read", "Files.ReadWrite", "Mail.Read.Shared",
		"Mail.ReadBasic", "Mail.ReadBasic.Shared", "Mail.ReadWrite.Shared")
}

// publicClients are the programs that people sign in with and that every
// organization knows: our own command line, and those of Microsoft that
// administrators use.
func publicClients() []offboard.App {
	var all []offboard.App
	for _, client := range []struct{ id, name string }{
		{cli.ClientID, "Leaver command line"},
		{"04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Microsoft Azure CLI"},
		{"1950a258-227b-4e31-a9cf-717495945fc2", "Microsoft Azure PowerShell"},
		{"14d82eec-204b-4c2f-b7e8-296a70dab67e", "Microsoft Graph Command Line Tools"},
		{"31359c7f-bd7e-475c-86db-fdb8c937548e", "PnP Management Shell"},
	} {
		app := offboard.App{AppID: client.id, DisplayName: client.name, Enabled: true}
		app.PublicClient, app.Delegated = true, delegatedPermissions()
		app.RedirectURIs = []string{"http://localhost", "http://127.0.0.1", "https://login.microsoftonline.com/common/oauth2/nativeclient"}
		all = append(all, app)
	}
	return all
}

// practiceApp is the app registration that scripts use in a practice organization.
func practiceApp() (offboard.App, error) {
	known := practice.App()
	hash, err := identity.HashSecret(known.Secret)
	if err != nil {
		return offboard.App{}, fmt.Errorf("hash the secret of the practice app: %w", err)
	}
	app := offboard.App{ID: known.ID, AppID: known.ClientID, DisplayName: known.DisplayName, Roles: known.Roles, Enabled: true}
	app.Permissions, app.Delegated = applicationPermissions(), delegatedPermissions()
	app.RedirectURIs = []string{"http://localhost"}
	app.Secrets = []offboard.AppSecret{{ID: newID(), Hash: hash}}
	return app, nil
}

// register adds the apps that are not there yet.
func (s *site) register(ctx context.Context, apps ...offboard.App) error {
	return s.store.Change(ctx, func(tx offboard.Tx) error {
		for i := range apps {
			app := apps[i]
			known, err := tx.App(ctx, app.AppID)
			if err != nil {
				return err
			}
			if known != nil {
				continue
			}
			if app.ID == "" {
				app.ID = newID()
			}
			app.Created = s.now().UTC().Truncate(time.Second)
			for j := range app.Secrets {
				app.Secrets[j].Created = app.Created
			}
			if err := tx.SaveApp(ctx, &app); err != nil {
				return fmt.Errorf("register %s: %w", app.DisplayName, err)
			}
		}
		return nil
	})
}
