package server

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"leaver/internal/wire"
)

// watch counts requests and writes a line for each.
type watch struct {
	opt      *Options
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	running  prometheus.Gauge
}

func newWatch(o *Options) (*watch, error) {
	w := &watch{
		opt: o,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "leaver_http_requests_total", Help: "Requests by surface, method and status.",
		}, []string{"surface", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "leaver_http_request_seconds", Help: "Time until the answer was written, by surface.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 60},
		}, []string{"surface"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{Name: "leaver_http_requests_running", Help: "Requests being answered now."}),
	}
	for _, c := range []prometheus.Collector{
		w.requests, w.seconds, w.running,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	} {
		if err := o.Metrics.Register(c); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// around watches the requests of a handler.
func (w *watch) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		begin := w.opt.Now()
		w.running.Inc()
		seen := &recorder{ResponseWriter: out, conn: http.NewResponseController(out), now: w.opt.Now}
		defer func() {
			w.running.Dec()
			w.note(seen, r, begin, w.opt.Now().Sub(begin))
		}()
		next.ServeHTTP(seen, r)
	})
}

// note counts a request and logs it. A query can hold names and tokens, so only
// the path is written, and never a body.
func (w *watch) note(seen *recorder, r *http.Request, begin time.Time, took time.Duration) {
	status := seen.status
	switch {
	case status == 0 && r.Context().Err() != nil, status >= http.StatusInternalServerError && r.Context().Err() != nil:
		status = wire.StatusClientLeft // whatever went wrong then, nobody was there to see it
	case status == 0:
		status = http.StatusOK
	}
	surface := surfaceOf(w.opt, r.URL)
	w.requests.WithLabelValues(surface, knownMethod(r.Method), strconv.Itoa(status)).Inc()
	w.seconds.WithLabelValues(surface).Observe(took.Seconds())
	level := slog.LevelInfo
	switch {
	case status >= http.StatusInternalServerError && status != http.StatusNotImplemented:
		level = slog.LevelWarn
	case w.opt.Quiet, surface == "operators":
		level = slog.LevelDebug
	}
	log := w.opt.Log.Handler()
	if !log.Enabled(r.Context(), level) {
		return
	}
	// Not by way of the logger, which would find out each time that it is called from here.
	line := slog.NewRecord(begin.Add(took), level, "request", 0)
	line.AddAttrs(
		slog.String("request-id", wire.RequestID(r)), slog.String("client-request-id", r.Header.Get("Client-Request-Id")),
		slog.String("address", w.address(r)), slog.String("method", r.Method), slog.String("path", r.URL.Path),
		slog.Int("status", status), slog.Int64("bytes", seen.bytes), slog.Float64("took-ms", float64(took.Round(10*time.Microsecond))/float64(time.Millisecond)), slog.String("surface", surface))
	_ = log.Handle(r.Context(), line) // as the logger does: there is nowhere to say that it failed
}

// address is where a request comes from: behind a proxy of ours, what that adds
// to the header as the last one.
func (w *watch) address(r *http.Request) string {
	if all := r.Header.Values("X-Forwarded-For"); w.opt.BehindProxy && len(all) > 0 {
		last := all[len(all)-1]
		if address, err := netip.ParseAddr(strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])); err == nil {
			return address.String()
		}
	}
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return address
}

// knownMethod keeps made-up methods from becoming as many counters.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// buffered is how much of an answer net/http keeps until the handler has ended.
const buffered = 2048

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
	conn   *http.ResponseController
	now    func() time.Time
}

// WriteHeader remembers the status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes, and gives up on a client that doesn't read them.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	if r.bytes+int64(len(b)) <= buffered { // goes nowhere yet
		n, err := r.ResponseWriter.Write(b)
		r.bytes += int64(n)
		return n, err
	}
	_ = r.conn.SetWriteDeadline(r.now().Add(stuck)) // not there in this process
	n, err := r.ResponseWriter.Write(b)
	_ = r.conn.SetWriteDeadline(time.Time{}) // a handler may think for as long as it likes
	r.bytes += int64(n)
	return n, err
}

// Flush sends what has been written, for streams of events.
func (r *recorder) Flush() {
	if f, ok := r.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
