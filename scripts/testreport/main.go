// Command testreport reads what "go test -json" writes and prints what a person
// needs: a line for each package, everything a failing test said, and each test
// that was skipped. It fails when a test failed, when one was skipped (a test
// that did not run proves nothing) and when none ran at all.
package main

import (
	"fmt"
	"os"
)

func main() {
	report := newReport(os.Stdout)
	if err := report.read(os.Stdin); err != nil {
		fmt.Fprintf(os.Stderr, "testreport: %v\n", err)
		os.Exit(1)
	}
	if !report.close() {
		os.Exit(1)
	}
}
