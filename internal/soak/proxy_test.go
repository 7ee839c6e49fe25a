package soak

import (
	"io"
	"net"
	"sync"
	"testing"
)

// proxy is the network between a node and the database, which can be cut, and lets
// through as much as it is told to.
type proxy struct {
	listener net.Listener
	to       string

	mu    sync.Mutex
	cut   bool
	left  int // how many packets to the database may still pass
	more  *sync.Cond
	conns map[net.Conn]bool
	all   sync.WaitGroup
}

func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, to: to, left: 1 << 30, conns: map[net.Conn]bool{}}
	p.more = sync.NewCond(&p.mu)
	p.all.Go(p.accept)
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		p.set(true)
		p.all.Wait()
	})
	return p
}

func (p *proxy) address() string { return p.listener.Addr().String() }

// set cuts the network, in the middle of whatever is under way, or mends it.
func (p *proxy) set(cut bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = cut
	p.more.Broadcast()
	if !cut {
		return
	}
	for c := range p.conns {
		_ = c.Close() // the other side may have done so
	}
}

// pass says how many packets may pass from now on.
func (p *proxy) pass(packets int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = packets
	p.more.Broadcast()
}

// toll is a connection to the database; what is written to it waits for its turn.
type toll struct {
	net.Conn
	p *proxy
}

func (c toll) Write(b []byte) (int, error) {
	c.p.mu.Lock()
	for c.p.left <= 0 && !c.p.cut {
		c.p.more.Wait()
	}
	c.p.left--
	c.p.mu.Unlock()
	return c.Conn.Write(b)
}

func (p *proxy) accept() {
	for {
		in, err := p.listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", p.to)
		if err != nil {
			_ = in.Close()
			continue
		}
		p.join(in, toll{out, p})
		p.join(out, in)
	}
}

// join passes on what one side says, until either ends.
func (p *proxy) join(from, to net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[from] = true
	if p.cut {
		_ = from.Close()
	}
	p.all.Go(func() {
		_, _ = io.Copy(to, from) // ends in an error when the network is cut
		_, _ = to.Close(), from.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.conns, from)
	})
}
