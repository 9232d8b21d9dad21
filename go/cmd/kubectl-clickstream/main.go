// kubectl clickstream sends events to a pipeline, shows it, and accounts for every event. kubectl finds the program
// by its name on the PATH.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/go-logr/logr"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/klog/v2"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/plugin"
)

func main() {
	// What the Kubernetes client logs of its connections comes back as errors as well.
	klog.SetLogger(logr.Discard())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	streams := genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}
	err := plugin.NewCommand(streams).ExecuteContext(ctx)
	if err == nil {
		return
	}
	if verdict := (*plugin.Verdict)(nil); !errors.As(err, &verdict) {
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
	}
	stop()
	os.Exit(plugin.ExitCode(err))
}
