package main

import (
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// stayUp keeps SIGHUP from ending a server: service managers and whoever rotates
// logs or renews certificates send it. There is nothing to read again, and the log
// says so.
func stayUp(log *slog.Logger) (stop func()) {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGHUP)
	var done sync.WaitGroup
	done.Go(func() {
		for range told {
			log.Info("SIGHUP: certificates are read again by themselves, the configuration when the server starts")
		}
	})
	return func() {
		signal.Stop(told)
		close(told)
		done.Wait()
	}
}
