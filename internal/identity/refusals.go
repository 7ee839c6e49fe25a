package identity

import (
	"fmt"
	"net/http"
	"time"
)

// Refusal is a "no" in the words of the Microsoft identity platform.
type Refusal struct {
	Code       int // the number after AADSTS
	Args       []any
	RetryAfter time.Duration // zero: waiting doesn't help
}

// refuse makes a refusal; args fill its text.
func refuse(code int, args ...any) *Refusal { return &Refusal{Code: code, Args: args} }

// Error gives the text that clients see.
func (r *Refusal) Error() string {
	return fmt.Sprintf("AADSTS%d: %s", r.Code, fmt.Sprintf(answers[r.Code].text, r.Args...))
}

// Is makes refusals with one code the same, whatever their arguments.
func (r *Refusal) Is(target error) bool {
	other, ok := target.(*Refusal)
	return ok && other.Code == r.Code
}

// The refusals that others than clients of the protocol meet; compare with errors.Is.
var (
	ErrBadPassword        = &Refusal{Code: 50126}
	ErrLocked             = &Refusal{Code: 50053}
	ErrDisabled           = &Refusal{Code: 50057}
	ErrMustChangePassword = &Refusal{Code: 50055}
	ErrWeakPassword       = &Refusal{Code: 120002}
)

// Key is the message key of the refusal for people.
func (r *Refusal) Key() string {
	switch r.Code {
	case 50011, 50053, 50055, 50057, 50126, 65001, 70018, 90002, 90120, 120002, 700016, 7000112, 9002325:
		return fmt.Sprintf("identity.error.%d", r.Code)
	}
	return "identity.error.generic"
}

type answer struct {
	oauth  string
	status int
	text   string
}

// answers says for each code how a client is told.
var answers = map[int]answer{
	50011:   {"invalid_request", 400, "The redirect URI '%s' specified in the request does not match the redirect URIs configured for the application '%s'. Register it, or send a registered one."},
	50053:   {"invalid_grant", 400, "The account is locked because of too many sign-in attempts with an incorrect user ID or password. Try again later."},
	50055:   {"invalid_grant", 400, "The password is expired. Sign in with a browser to choose a new one."},
	50057:   {"invalid_grant", 400, "The user account is disabled. Ask an administrator to unblock sign-in."},
	50058:   {"login_required", 400, "A silent sign-in request was sent but no user is signed in. Repeat it without prompt=none."},
	50126:   {"invalid_grant", 400, "Error validating credentials due to invalid username or password."},
	50147:   {"invalid_request", 400, "Missing or invalid code challenge: send code_challenge_method=S256 and the base64url SHA-256 of the verifier in code_challenge."},
	50173:   {"invalid_grant", 400, "The provided grant has expired due to it being revoked, a fresh sign-in is needed. The user might have changed or reset their password, or the sessions were revoked."},
	54005:   {"invalid_grant", 400, "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token."},
	65001:   {"invalid_grant", 400, "The application '%s' does not have the delegated permission '%s'. An administrator must add it to the app registration first."},
	65004:   {"authorization_declined", 400, "The user declined to sign in to the application."},
	70000:   {"invalid_grant", 400, "The provided value for the input parameter '%s' is not valid."},
	70003:   {"unsupported_grant_type", 400, "The app requested an unsupported grant type '%s'."},
	70008:   {"invalid_grant", 400, "The provided authorization code or refresh token is expired. Send a new interactive authorization request for this user and resource."},
	70011:   {"invalid_scope", 400, "The provided value for the input parameter 'scope' is not valid. The scope '%s' is not valid."},
	70016:   {"authorization_pending", 400, "OAuth 2.0 device flow error. Authorization is pending. Continue polling."},
	70018:   {"invalid_grant", 400, "Invalid verification code. Check the code on the device and enter it again."},
	70020:   {"expired_token", 400, "The provided value for the input parameter 'device_code' is not valid. This device code has expired."},
	90002:   {"invalid_request", 400, "Tenant '%s' not found. Check that you have the correct organization ID or domain."},
	90033:   {"temporarily_unavailable", 503, "A transient error has occurred. Please try again."},
	70007:   {"invalid_request", 400, "'%s' is not a supported value of 'response_mode'. Use query, fragment or form_post."},
	90100:   {"invalid_request", 400, "The parameter '%s' is empty or not valid."},
	90120:   {"invalid_grant", 400, "The request was already authorized or declined."},
	120002:  {"invalid_grant", 400, "The specified password does not comply with password complexity requirements. Please provide a different password."},
	500011:  {"invalid_resource", 400, "The resource principal named %s was not found in the organization named %s."},
	500341:  {"invalid_grant", 400, "The user account has been deleted from the directory. To sign in to this application, the account must be restored or added to the directory."},
	501481:  {"invalid_grant", 400, "The Code_Verifier does not match the code_challenge supplied in the authorization request."},
	700016:  {"unauthorized_client", 400, "Application with identifier '%s' was not found in the directory '%s'. This can happen if the application has not been registered in this organization."},
	700022:  {"invalid_scope", 400, "The provided value for the input parameter scope '%s' is not valid because it contains more than one resource."},
	700024:  {"invalid_client", 401, "Client assertion is not within its valid time range. Current time: %s, expiry time of assertion: %s."},
	700025:  {"invalid_client", 401, "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."},
	700027:  {"invalid_client", 401, "Client assertion failed signature validation. Reason: %s"},
	700054:  {"unsupported_response_type", 400, "response_type '%s' is not enabled. Use response_type=code."},
	900144:  {"invalid_request", 400, "The request body must contain the following parameter: '%s'."},
	900561:  {"invalid_request", 405, "The endpoint does not accept %s requests. Use %s."},
	900971:  {"invalid_request", 400, "No reply address provided. Send a redirect_uri that is registered for the application."},
	1002012: {"invalid_scope", 400, "The provided value for scope %s is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."},
	7000112: {"unauthorized_client", 400, "Application '%s' (%s) is disabled."},
	7000215: {"invalid_client", 401, "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '%s'."},
	7000218: {"invalid_client", 401, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."},
	7000222: {"invalid_client", 401, "The provided client secret keys for app '%s' are expired. Make a new secret for the app."},
	7000229: {"unauthorized_client", 400, "The grant type 'password' is turned off for this organization. Use the authorization code or the device code flow."},
	9002313: {"invalid_request", 400, "Invalid request. Request is malformed or invalid: %s."},
	9002325: {"invalid_request", 400, "Proof Key for Code Exchange is required for an application that can't keep a secret. Send code_challenge and code_verifier."},
}

// status is the HTTP status of the refusal.
func (r *Refusal) status() int {
	if a, ok := answers[r.Code]; ok {
		return a.status
	}
	return http.StatusBadRequest
}
