package practice

import "leaver/internal/org"

// Registration is the app registration that scripts sign in with.
type Registration struct {
	ID          string // of the service principal
	ClientID    string
	Secret      string
	DisplayName string
	Roles       []org.RoleID
}

// App is the app registration of the practice organization. It is to get every
// application permission that there is.
func App() Registration {
	return Registration{
		ID: "22222222-2222-4222-8222-222222222222", ClientID: "11111111-1111-4111-8111-111111111111", Secret: "practice-secret",
		DisplayName: "Scripts", Roles: []org.RoleID{org.GlobalAdmin},
	}
}
