//go:build !linux

package sqltest

// memory gives no folder: the usual one is taken.
func memory() string { return "" }
