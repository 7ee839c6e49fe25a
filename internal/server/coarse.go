package server

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// tick is how exactly the deadlines of connections are kept. The shortest is some seconds.
const tick = time.Second

// Coarse keeps the deadlines of connections to the second. net/http sets four of
// them in each request, hardly any of which is ever reached, and each is a timer of
// its own, which may wake a thread: a twentieth of the time of a small answer. now
// is the real clock.
func Coarse(l net.Listener, now func() time.Time) net.Listener {
	c := &coarse{Listener: l, conns: map[*coarseConn]struct{}{}, ticker: time.NewTicker(tick), ended: make(chan struct{})}
	began := now()
	c.last.Store(&began)
	go c.run()
	return c
}

type coarse struct {
	net.Listener
	mu     sync.Mutex
	conns  map[*coarseConn]struct{}
	last   atomic.Pointer[time.Time] // tick
	ticker *time.Ticker
	ended  chan struct{}
	end    sync.Once
}

func (c *coarse) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	tcp, ok := conn.(*net.TCPConn)
	if err != nil || !ok {
		return conn, err
	}
	watched := &coarseConn{TCPConn: tcp, of: c}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.conns[watched] = struct{}{}
	return watched, nil
}

// run ends when the listener was closed and the last connection too.
func (c *coarse) run() {
	defer c.ticker.Stop()
	for ended := c.ended; ; {
		select {
		case now := <-c.ticker.C:
			if c.check(now) == 0 && ended == nil {
				return
			}
		case <-ended:
			ended = nil
		}
	}
}

// check lets those deadlines pass whose time has come, and counts the connections.
func (c *coarse) check(now time.Time) int {
	c.last.Store(&now)
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn := range c.conns {
		conn.check(now)
	}
	return len(c.conns)
}

func (c *coarse) Close() error {
	c.end.Do(func() { close(c.ended) })
	return c.Listener.Close()
}

// coarseConn is a connection of such a listener. What net/http finds out about a
// connection of TCP it finds out about this one.
type coarseConn struct {
	*net.TCPConn
	of          *coarse
	mu          sync.Mutex
	read, write coarseDeadline
}

type coarseDeadline struct {
	at     time.Time
	passed bool // the connection was told so
}

// due says whether the connection has to be told of a new deadline, and of which: one
// long ago, or none.
func (d *coarseDeadline) due(at, now time.Time) (time.Time, bool) {
	had := d.passed
	d.at, d.passed = at, !at.IsZero() && !at.After(now)
	if d.passed {
		return time.Unix(1, 0), true
	}
	return time.Time{}, had
}

func (c *coarseConn) SetReadDeadline(at time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at, due := c.read.due(at, *c.of.last.Load()); due {
		return c.TCPConn.SetReadDeadline(at)
	}
	return nil
}

func (c *coarseConn) SetWriteDeadline(at time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at, due := c.write.due(at, *c.of.last.Load()); due {
		return c.TCPConn.SetWriteDeadline(at)
	}
	return nil
}

func (c *coarseConn) SetDeadline(at time.Time) error {
	if err := c.SetReadDeadline(at); err != nil {
		return err
	}
	return c.SetWriteDeadline(at)
}

// check tells the connection of a deadline that has passed. If it is closed by now
// nobody waits for it.
func (c *coarseConn) check(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at, due := c.read.due(c.read.at, now); due {
		_ = c.TCPConn.SetReadDeadline(at)
	}
	if at, due := c.write.due(c.write.at, now); due {
		_ = c.TCPConn.SetWriteDeadline(at)
	}
}

func (c *coarseConn) Close() error {
	c.of.mu.Lock()
	delete(c.of.conns, c)
	c.of.mu.Unlock()
	return c.TCPConn.Close()
}
