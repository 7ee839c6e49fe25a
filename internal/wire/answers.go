package wire

import (
	"net/http"
	"time"

	"leaver/internal/locale"
	"leaver/internal/org"
)

// Answer is how a kind of refusal looks from outside.
type Answer struct {
	Status int
	Code   string
}

// directory answers for users, groups, roles and licences.
var directory = map[org.Kind]Answer{
	org.Invalid:         {http.StatusBadRequest, "Request_BadRequest"},
	org.Unauthenticated: {http.StatusUnauthorized, "InvalidAuthenticationToken"},
	org.Denied:          {http.StatusForbidden, "Authorization_RequestDenied"},
	org.NotFound:        {http.StatusNotFound, "Request_ResourceNotFound"},
	org.Conflict:        {http.StatusBadRequest, "Request_BadRequest"},
	org.Stale:           {http.StatusPreconditionFailed, "Request_PreconditionFailed"},
	org.Throttled:       {http.StatusTooManyRequests, "TooManyRequests"},
	org.Unavailable:     {http.StatusServiceUnavailable, "ServiceUnavailable"},
	org.Internal:        {http.StatusInternalServerError, "InternalServerError"},
}

// drive answers for drives and what is in them. R-API-63
var drive = map[org.Kind]Answer{
	org.Invalid:         {http.StatusBadRequest, "invalidRequest"},
	org.Unauthenticated: {http.StatusUnauthorized, "unauthenticated"},
	org.Denied:          {http.StatusForbidden, "accessDenied"},
	org.NotFound:        {http.StatusNotFound, "itemNotFound"},
	org.Conflict:        {http.StatusConflict, "nameAlreadyExists"},
	org.Stale:           {http.StatusPreconditionFailed, "resourceModified"},
	org.Throttled:       {http.StatusTooManyRequests, "activityLimitReached"},
	org.Unavailable:     {http.StatusServiceUnavailable, "serviceNotAvailable"},
	org.Internal:        {http.StatusInternalServerError, "generalException"},
}

// Wait is how long a client should wait when the database can't be reached.
const Wait = 10 * time.Second

// InternalMessage is all that is said about a fault of ours.
const InternalMessage = "An internal error occurred. Please try again later, and name the request id when you report it."

// Directory words a refusal as Graph's directory does: in the exact text where
// clients look for one, in English everywhere. R-API-05
func Directory(_ *http.Request, x *org.Refusal) *Fault {
	if exact, ok := texts[x.Reason]; ok {
		return exact(x)
	}
	return plain(directory[x.Kind], x)
}

// Drive words a refusal as OneDrive does. R-API-63
func Drive(_ *http.Request, x *org.Refusal) *Fault { return plain(drive[x.Kind], x) }

func plain(a Answer, x *org.Refusal) *Fault {
	f := &Fault{Status: a.Status, Code: a.Code, Message: InternalMessage}
	if x.Kind == org.Unavailable {
		f.RetryAfter = Wait
	}
	if x.Reason == "" {
		return f
	}
	f.Message = Sentence(locale.English, x)
	if x.Target != "" {
		f.Details = []Detail{{Target: x.Target, Code: x.Reason}}
	}
	return f
}
