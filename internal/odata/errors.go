package odata

import (
	"fmt"
	"unicode/utf8"
)

// The codes that Graph answers wrong queries with; all of them are 400. R-API-05
const (
	CodeBadRequest       = "BadRequest"               // the text can't be read
	CodeRequestInvalid   = "Request_BadRequest"       // it can be read, a value is wrong
	CodeUnsupportedQuery = "Request_UnsupportedQuery" // it is right, and not offered
)

// Error is what is wrong with a query, in Graph's words.
type Error struct {
	Code    string
	Message string
	// Position counts the characters before the trouble in the option's text.
	// It is -1 when the trouble has no place.
	Position int
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// noPosition marks an error about an option as a whole.
const noPosition = -1

// maxEcho bounds how much of the caller's own text an error repeats.
const maxEcho = 300

func badRequest(pos int, format string, args ...any) *Error {
	return &Error{Code: CodeBadRequest, Message: fmt.Sprintf(format, args...), Position: pos}
}

func requestInvalid(format string, args ...any) *Error {
	return &Error{Code: CodeRequestInvalid, Message: fmt.Sprintf(format, args...), Position: noPosition}
}

func unsupported(pos int, format string, args ...any) *Error {
	return &Error{Code: CodeUnsupportedQuery, Message: fmt.Sprintf(format, args...), Position: pos}
}

// invalidFilter is badRequest with the words that Graph puts before what its
// filter parser says.
func invalidFilter(pos int, format string, args ...any) *Error {
	return badRequest(pos, "Invalid filter clause: "+format, args...)
}

// unsupportedClause refuses an operator that a property doesn't have. R-API-16
func unsupportedClause(pos int, property, resource string) *Error {
	return unsupported(pos, "Unsupported or invalid query filter clause specified for property '%s' of resource '%s'.",
		echo(property), resource)
}

// echo shortens what the caller wrote to what an error may repeat.
func echo(text string) string {
	if len(text) <= maxEcho {
		return text
	}
	end := maxEcho
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "..."
}

// characters turns a byte offset into the count of characters before it.
func characters(text string, offset int) int {
	return utf8.RuneCountInString(text[:min(offset, len(text))])
}
