package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
)

// helloHash is what sha256sum says of "hello".
const helloHash Hash = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

func newStore(t testing.TB) *Store {
	t.Helper()
	store, err := New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func put(t testing.TB, s *Store, text string) Hash {
	t.Helper()
	h, size, err := s.Put(t.Context(), strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if size != int64(len(text)) {
		t.Fatalf("put %q: got size %d", text, size)
	}
	return h
}

func read(t testing.TB, s *Store, h Hash) (string, error) {
	t.Helper()
	body, err := s.Open(t.Context(), h)
	if err != nil {
		return "", err
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	return string(text), err
}

// filesIn lists the files under dir.
func filesIn(t testing.TB, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestPutThenOpen(t *testing.T) {
	for _, name := range []string{"synced", "unsynced"} {
		t.Run(name, func(t *testing.T) {
			store := newStore(t)
			if name == "unsynced" {
				store = store.Unsynced()
			}
			if h := put(t, store, "hello"); h != helloHash {
				t.Fatalf("got hash %s, want %s", h, helloHash)
			}
			text, err := read(t, store, helloHash)
			if err != nil || text != "hello" {
				t.Errorf("got %q, %v", text, err)
			}
			if left := filesIn(t, filepath.Join(store.dir, unfinished)); len(left) > 0 {
				t.Errorf("unfinished files stay: %q", left)
			}
		})
	}
}

func TestPutEmptyAndLarge(t *testing.T) {
	store := newStore(t)
	for _, size := range []int{0, 1, 3 << 20} {
		text := strings.Repeat("x", size)
		body, err := store.Open(t.Context(), put(t, store, text))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(iotest.OneByteReader(io.LimitReader(body, 10)))
		if err != nil || body.Size() != int64(size) || string(got) != text[:min(size, 10)] {
			t.Errorf("of %d bytes: got size %d, start %q, %v", size, body.Size(), got, err)
		}
		body.Close()
	}
}

func TestOpenOfNothing(t *testing.T) {
	store := newStore(t)
	if _, err := store.Open(t.Context(), helloHash); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
	if ok, err := store.Has(t.Context(), helloHash); ok || err != nil {
		t.Errorf("Has: got %t, %v, want no", ok, err)
	}
}

func TestBadHashesStayOutOfPaths(t *testing.T) {
	store := newStore(t)
	for _, bad := range []Hash{"", "ab", "../../etc/passwd", helloHash + "a", Hash(strings.ToUpper(string(helloHash))), Hash(strings.Repeat("../", 21) + "x")} {
		_, openErr := store.Open(t.Context(), bad)
		_, hasErr := store.Has(t.Context(), bad)
		for _, err := range []error{openErr, hasErr, store.Delete(t.Context(), bad)} {
			if !errors.Is(err, ErrBadHash) {
				t.Errorf("%q: got %v, want ErrBadHash", bad, err)
			}
		}
	}
}

func TestDeleteCanBeRepeated(t *testing.T) {
	store := newStore(t)
	keep, hello := put(t, store, "keep"), put(t, store, "hello")
	for range 2 {
		if err := store.Delete(t.Context(), hello); err != nil {
			t.Fatal(err)
		}
	}
	if ok, _ := store.Has(t.Context(), hello); ok {
		t.Error("the deleted body is there")
	}
	if ok, _ := store.Has(t.Context(), keep); !ok {
		t.Error("the other body is gone")
	}
}

func TestSpoiledBodyIsNoticedAndHealed(t *testing.T) {
	tests := map[string]string{"changed": "hellO", "cut": "hell", "longer": "hello!", "emptied": ""}
	for name, spoiled := range tests {
		t.Run(name, func(t *testing.T) {
			store := newStore(t)
			hello := put(t, store, "hello")
			if err := os.WriteFile(store.path(hello), []byte(spoiled), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := read(t, store, hello); !errors.Is(err, ErrCorrupted) {
				t.Errorf("read: got %v, want ErrCorrupted", err)
			}
			put(t, store, "hello")
			if text, err := read(t, store, hello); text != "hello" || err != nil {
				t.Errorf("after a new put: got %q, %v", text, err)
			}
		})
	}
}

func TestFailedPutLeavesNothing(t *testing.T) {
	over, cancel := context.WithCancel(t.Context())
	cancel()
	broken := errors.New("the connection broke")
	tests := []struct {
		name string
		ctx  context.Context
		r    io.Reader
		want error
	}{
		{"the source breaks", t.Context(), io.MultiReader(strings.NewReader("hel"), iotest.ErrReader(broken)), broken},
		{"the caller leaves", over, strings.NewReader("hello"), context.Canceled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store := newStore(t)
			if _, _, err := store.Put(tt.ctx, tt.r); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if left := filesIn(t, store.dir); len(left) > 0 {
				t.Errorf("files stay: %q", left)
			}
		})
	}
}

func TestConcurrentPutsOfTheSameBody(t *testing.T) {
	store := newStore(t)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			if i%4 == 0 { // a reader meets whole bodies only
				if text, err := read(t, store, helloHash); err == nil && text != "hello" || err != nil && !errors.Is(err, ErrNotFound) {
					t.Errorf("read meanwhile: got %q, %v", text, err)
				}
			}
			if h, _, err := store.Put(t.Context(), strings.NewReader("hello")); h != helloHash || err != nil {
				t.Errorf("got %s, %v", h, err)
			}
		})
	}
	wg.Wait()
	if files := filesIn(t, store.dir); len(files) != 1 {
		t.Errorf("got files %q, want one", files)
	}
}

func TestWalk(t *testing.T) {
	store := newStore(t)
	want := map[Hash]int64{}
	for i := range 50 {
		text := strings.Repeat("x", i)
		want[put(t, store, text)] = int64(i)
	}
	if err := os.WriteFile(filepath.Join(store.dir, "ab", "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	last := Hash("")
	err := store.Walk(t.Context(), func(info Info) error {
		if size, ok := want[info.Hash]; !ok || size != info.Size || info.Put.IsZero() || info.Hash <= last {
			t.Errorf("after %s: got %+v", last, info)
		}
		last = info.Hash
		delete(want, info.Hash)
		return nil
	})
	if err != nil || len(want) > 0 {
		t.Errorf("got %v, left out: %v", err, want)
	}
	stop := errors.New("enough")
	if err := store.Walk(t.Context(), func(Info) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v, want what the caller answered", err)
	}
}

func TestCleanRemovesWhatACrashLeft(t *testing.T) {
	store := newStore(t)
	hello := put(t, store, "hello")
	crash := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	for name, age := range map[string]time.Duration{"put-1": 0, "put-2": time.Minute, "put-3": 2 * time.Hour} {
		path := filepath.Join(store.dir, unfinished, name)
		if err := errors.Join(os.WriteFile(path, []byte("half"), 0o600), os.Chtimes(path, crash.Add(age), crash.Add(age))); err != nil {
			t.Fatal(err)
		}
	}
	removed, err := store.Clean(t.Context(), crash.Add(time.Hour))
	if removed != 2 || err != nil {
		t.Errorf("got %d removed, %v, want 2", removed, err)
	}
	if left := filesIn(t, filepath.Join(store.dir, unfinished)); len(left) != 1 || filepath.Base(left[0]) != "put-3" {
		t.Errorf("got %q left, want the young one", left)
	}
	if text, err := read(t, store, hello); text != "hello" || err != nil {
		t.Errorf("the finished body: got %q, %v", text, err)
	}
}

func TestNewKeepsWhatIsThere(t *testing.T) {
	store := newStore(t)
	hello := put(t, store, "hello")
	again, err := New(store.dir)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := read(t, again, hello); text != "hello" || err != nil {
		t.Errorf("got %q, %v", text, err)
	}
}

func BenchmarkPut(b *testing.B) {
	for _, name := range []string{"synced", "unsynced"} {
		b.Run(name, func(b *testing.B) {
			store := newStore(b)
			if name == "unsynced" {
				store = store.Unsynced()
			}
			text := bytes.Repeat([]byte("x"), 4096)
			b.SetBytes(int64(len(text)))
			for i := 0; b.Loop(); i++ {
				copy(text, fmt.Sprint(i))
				if _, _, err := store.Put(b.Context(), bytes.NewReader(text)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPutDelete(b *testing.B) {
	store := newStore(b).Unsynced()
	for i := 0; b.Loop(); i++ {
		h, _, err := store.Put(b.Context(), strings.NewReader(fmt.Sprint(i)))
		if err := errors.Join(err, store.Delete(b.Context(), h)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	store := newStore(b)
	h := put(b, store, strings.Repeat("x", 4096))
	b.SetBytes(4096)
	for b.Loop() {
		if _, err := read(b, store, h); err != nil {
			b.Fatal(err)
		}
	}
}
