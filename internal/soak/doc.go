// Package soak holds the tests that are unkind to the program: they kill its
// processes, cut its network, restart its database, fill its disk, let it race
// against itself and keep it busy, and look after each of these whether anything
// was lost, half done or done twice. The short forms run with every test; the
// long ones with the flag -soak, by make soak.
package soak
