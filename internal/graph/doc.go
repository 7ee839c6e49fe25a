// Package graph answers as Microsoft Graph v1.0 does, so that programs written
// for Microsoft 365 work with nothing changed but the host name. It decides
// nothing: reads come from the store's queries, every write is an operation of
// the Desk, and what is here is spelling: paths, options, JSON, codes.
//
// A request comes in through Server.ServeHTTP: path.go brings its path into one
// spelling, access.go knows what a token may ask for, throttle.go how much of
// it, and routes.go says on one page who answers.
package graph
