package sqldb

import "context"

// start sends the queue and leaves its answers for later: the server works on it
// meanwhile. The answers must be short, since nobody reads them while more is sent.
func (w *wire) start(ctx context.Context) error {
	if len(w.queue) == 0 {
		return nil
	}
	stop := w.watch(ctx)
	err := w.compile(w.queue)
	if err == nil {
		w.bind(w.queue)
		w.started, w.queue = append(w.started, w.queue), nil
		err = w.push()
	}
	w.unwatch(stop)
	return w.because(ctx, err)
}

// early reads the answers of the rounds that were started, when n rounds were sent
// behind them.
func (w *wire) early(n int) error {
	for len(w.started) > 0 {
		if err := w.pay(len(w.started) + n); err != nil {
			return err
		}
		round := w.started[0]
		w.started = w.started[1:]
		for i := range round {
			if err := w.answer(&round[i]); err != nil {
				w.started = nil
				return round[i].fault(err)
			}
		}
	}
	return w.pay(n)
}
