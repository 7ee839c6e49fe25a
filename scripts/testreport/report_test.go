package main

import (
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	tests := []struct {
		name   string
		events string
		well   bool
		want   []string
		absent []string
	}{
		{
			name: "all pass",
			events: `{"Action":"output","Package":"a","Test":"TestX","Output":"=== RUN   TestX\n"}
{"Action":"output","Package":"a","Test":"TestX","Output":"chatter\n"}
{"Action":"pass","Package":"a","Test":"TestX"}
{"Action":"output","Package":"a","Output":"PASS\n"}
{"Action":"output","Package":"a","Output":"ok  \ta\t0.1s\n"}
{"Action":"pass","Package":"a"}
`,
			well: true, want: []string{"ok  \ta\t0.1s\n", "1 passed, 0 failed, 0 skipped\n"}, absent: []string{"chatter", "PASS"},
		},
		{
			name: "one fails",
			events: `{"Action":"output","Package":"a","Test":"TestX","Output":"    x_test.go:3: got 1\n"}
{"Action":"output","Package":"a","Test":"TestX","Output":"--- FAIL: TestX (0.00s)\n"}
{"Action":"fail","Package":"a","Test":"TestX"}
{"Action":"pass","Package":"a","Test":"TestY"}
{"Action":"output","Package":"a","Output":"FAIL\ta\t0.1s\n"}
{"Action":"fail","Package":"a"}
`,
			want: []string{"x_test.go:3: got 1\n--- FAIL: TestX", "FAIL\ta\t0.1s\n", "1 passed, 1 failed, 0 skipped\n"},
		},
		{
			name: "one is skipped",
			events: `{"Action":"output","Package":"a","Test":"TestX","Output":"=== RUN   TestX\n"}
{"Action":"output","Package":"a","Test":"TestX","Output":"    x_test.go:3: no database\n"}
{"Action":"output","Package":"a","Test":"TestX","Output":"--- SKIP: TestX (0.00s)\n"}
{"Action":"skip","Package":"a","Test":"TestX"}
{"Action":"pass","Package":"a","Test":"TestY"}
{"Action":"pass","Package":"a"}
`,
			want: []string{"SKIPPED, which counts as a failure here: a TestX\n    x_test.go:3: no database\n", "1 passed, 0 failed, 1 skipped\n"},
		},
		{
			name: "a package without tests is not a skipped test",
			events: `{"Action":"pass","Package":"a","Test":"TestY"}
{"Action":"output","Package":"b","Output":"?   \tb\t[no test files]\n"}
{"Action":"skip","Package":"b"}
`,
			well: true, want: []string{"1 passed, 0 failed, 0 skipped\n"}, absent: []string{"no test files"},
		},
		{
			name: "a package does not build",
			events: `{"ImportPath":"a","Action":"build-output","Output":"a.go:3: undefined: x\n"}
{"ImportPath":"a","Action":"build-fail"}
{"Action":"pass","Package":"b","Test":"TestY"}
{"Action":"output","Package":"a","Output":"FAIL\ta [build failed]\n"}
{"Action":"fail","Package":"a","FailedBuild":"a"}
`,
			want: []string{"a.go:3: undefined: x\n", "FAIL\ta [build failed]\n", "did not build"},
		},
		{
			name: "a panic ends a test halfway",
			events: `{"Action":"pass","Package":"a","Test":"TestX"}
{"Action":"output","Package":"a","Test":"TestY","Output":"panic: oops\n"}
{"Action":"output","Package":"a","Output":"FAIL\ta\t0.1s\n"}
{"Action":"fail","Package":"a"}
`,
			want: []string{"panic: oops\n", "FAIL\ta\t0.1s\n"},
		},
		{name: "nothing ran", events: "", want: []string{"0 passed, 0 failed, 0 skipped\n"}},
		{
			name:   "words that are no event",
			events: "go: no such package\n",
			want:   []string{"go: no such package\n"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			r := newReport(&out)
			if err := r.read(strings.NewReader(tt.events)); err != nil {
				t.Fatal(err)
			}
			if well := r.close(); well != tt.well {
				t.Errorf("all well: got %t, want %t", well, tt.well)
			}
			for _, want := range tt.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("got\n%s\nwant in it: %q", out.String(), want)
				}
			}
			for _, absent := range tt.absent {
				if strings.Contains(out.String(), absent) {
					t.Errorf("got\n%s\nwant not in it: %q", out.String(), absent)
				}
			}
		})
	}
}
