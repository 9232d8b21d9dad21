// The collector takes events over HTTP and answers once Kafka has them. It is configured by environment variables;
// docs/collector.md lists them.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/open-clickstream/open-clickstream/go/internal/collector"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "collector: %v\n", err)
		os.Exit(1)
	}
}

func run() error {
	config, err := collector.ReadConfig(os.Getenv)
	if err != nil {
		return fmt.Errorf("the environment is not right:\n%w", err)
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(config.LogLevel)); err != nil {
		return err
	}
	logger := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	limitMemory(logger)
	server, err := collector.NewServer(config, logger)
	if err != nil {
		return err
	}
	listeners, err := server.Listen()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	return server.Run(ctx, listeners)
}
