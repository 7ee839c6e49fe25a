package odata

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenKind says what a token of a filter is.
type tokenKind int

const (
	tokenEnd tokenKind = iota
	tokenName
	tokenLiteral
	tokenOpen
	tokenClose
	tokenComma
	tokenColon
	tokenSlash
)

// token is one word of a filter. text is the name for names, "" for the others.
type token struct {
	kind    tokenKind
	at      int
	text    string
	literal Literal
}

// lexer cuts a filter into tokens.
type lexer struct {
	text string
	next int // the first byte that is not yet cut
}

// scan returns the next token, or an error where none can begin.
func (l *lexer) scan() (token, *Error) {
	for l.next < len(l.text) && (l.text[l.next] == ' ' || l.text[l.next] == '\t') {
		l.next++
	}
	at := l.next
	if at == len(l.text) {
		return token{kind: tokenEnd, at: at}, nil
	}
	switch c := l.text[at]; {
	case c == '\'':
		return l.quoted(at)
	case isHex(c) && l.guidAt(at):
		l.next += guidLength
		value := strings.ToLower(l.text[at:l.next])
		return token{kind: tokenLiteral, at: at, literal: Literal{Kind: GUID, Value: value, At: at}}, nil
	case isDigit(c) || c == '-':
		return l.bare(at)
	}
	if kind, ok := punctuation(l.text[at]); ok {
		l.next++
		return token{kind: kind, at: at}, nil
	}
	return l.name(at)
}

func punctuation(c byte) (tokenKind, bool) {
	switch c {
	case '(':
		return tokenOpen, true
	case ')':
		return tokenClose, true
	case ',':
		return tokenComma, true
	case ':':
		return tokenColon, true
	case '/':
		return tokenSlash, true
	default:
		return tokenEnd, false
	}
}

// guidAt says whether a GUID stands here that nothing clings to.
func (l *lexer) guidAt(at int) bool {
	end := at + guidLength
	if end > len(l.text) || !isGUID(l.text[at:end]) {
		return false
	}
	return end == len(l.text) || !isBare(l.text[end]) && l.text[end] != '_'
}

// isBare says whether a byte can stand in a number, a date or a moment.
func isBare(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' ||
		c == '-' || c == '+' || c == '.' || c == ':'
}

func (l *lexer) bare(at int) (token, *Error) {
	for l.next < len(l.text) && isBare(l.text[l.next]) {
		l.next++
	}
	literal, ok := bareLiteral(l.text[at:l.next])
	if !ok {
		return token{}, l.invalid(at, "Unrecognized '%s' literal '%s' at '%d' in '%s'.",
			"Edm.String", echo(l.text[at:l.next]), characters(l.text, at), echo(l.text))
	}
	literal.At = at
	return token{kind: tokenLiteral, at: at, literal: literal}, nil
}

// quoted cuts a string; a quote inside it is doubled.
func (l *lexer) quoted(at int) (token, *Error) {
	l.next = at + 1
	for {
		i := strings.IndexByte(l.text[l.next:], '\'')
		if i < 0 {
			return token{}, l.invalid(at, "There is an unterminated string literal at position %d in '%s'.",
				characters(l.text, at), echo(l.text))
		}
		l.next += i + 1
		if l.next == len(l.text) || l.text[l.next] != '\'' {
			break
		}
		l.next++
	}
	value := strings.ReplaceAll(l.text[at+1:l.next-1], "''", "'")
	return token{kind: tokenLiteral, at: at, literal: Literal{Kind: Text, Value: value, At: at}}, nil
}

// name cuts a name, or a constant of an enumeration: microsoft.graph.userType'Guest'.
func (l *lexer) name(at int) (token, *Error) {
	for l.next < len(l.text) {
		r, size := utf8.DecodeRuneInString(l.text[l.next:])
		if !isNameRune(r, l.next == at) {
			break
		}
		l.next += size
	}
	text := l.text[at:l.next]
	if text == "" {
		return token{}, l.syntax(at)
	}
	if !strings.Contains(text, ".") || l.next == len(l.text) || l.text[l.next] != '\'' {
		return token{kind: tokenName, at: at, text: text}, nil
	}
	t, err := l.quoted(l.next)
	if err != nil {
		return t, err
	}
	t.at = at
	t.literal.Kind, t.literal.Raw, t.literal.At = Enum, text, at
	return t, nil
}

// isNameRune says whether a name can have r, or begin with it.
func isNameRune(r rune, first bool) bool {
	switch {
	case r == utf8.RuneError:
		return false
	case r == '_' || unicode.IsLetter(r):
		return true
	case first:
		return r == '$' // $count
	default:
		return r == '.' || unicode.IsDigit(r)
	}
}

func (l *lexer) invalid(at int, format string, args ...any) *Error {
	return invalidFilter(characters(l.text, at), format, args...)
}

func (l *lexer) syntax(at int) *Error {
	n := characters(l.text, at)
	return invalidFilter(n, "Syntax error at position %d in '%s'.", n, echo(l.text))
}
