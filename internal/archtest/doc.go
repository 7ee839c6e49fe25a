// Package archtest holds the shape of the program as data and fails when the
// sources leave it: which package may import which, where a module from
// outside may be used, how long a file may be, which rules there are.
package archtest
