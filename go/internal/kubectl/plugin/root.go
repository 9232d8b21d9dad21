// Package plugin is kubectl clickstream: one file a verb, each an options struct that is completed from the flags and
// the cluster, validated, and run.
package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/accesslog"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/cluster"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/delivery"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/terminal"
)

// Verdict ends a command with an exit code after it has said why by itself.
type Verdict struct {
	text string
	code int
}

func (v *Verdict) Error() string { return v.text }

// How commands end that have said why.
var (
	ErrNegative = &Verdict{"the answer is no", 1}
	ErrWrongSQL = &Verdict{"the SQL is wrong", 2}
	ErrHeld     = &Verdict{"the run is held", 3}
)

// codedError ends a command with an exit code of its own.
type codedError struct {
	cause error
	code  int
}

func (e *codedError) Error() string { return e.cause.Error() }
func (e *codedError) Unwrap() error { return e.cause }

// NewCommand returns the whole command.
func NewCommand(streams genericiooptions.IOStreams) *cobra.Command {
	shared := &sharedOptions{flags: kubeconfigFlags(), streams: streams}
	root := &cobra.Command{
		Use:           "kubectl-clickstream",
		Short:         "Send events to an Open Clickstream pipeline, look at it, and account for every event",
		SilenceUsage:  true,
		SilenceErrors: true,
		Annotations:   map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl clickstream"},
	}
	shared.flags.AddFlags(root.PersistentFlags())
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.ErrOut)
	root.AddCommand(newSendCommand(shared), newReplayCommand(shared), newGenerateCommand(shared),
		newStatusCommand(shared), newAccountCommand(shared), newQueryCommand(shared), newAdoptCommand(shared), newRecoverCommand(shared), newProductCommand(shared))
	return root
}

// kubeconfigFlags are the flags that say which cluster, as whom, and which namespace.
func kubeconfigFlags() *genericclioptions.ConfigFlags {
	flags := genericclioptions.NewConfigFlags(true)
	// What nobody needs with a plugin only makes the help longer.
	flags.CacheDir, flags.DisableCompression, flags.TLSServerName, flags.Timeout = nil, nil, nil, nil
	flags.CertFile, flags.KeyFile, flags.ImpersonateUID = nil, nil, nil
	return flags
}

// sharedOptions are what all verbs have.
type sharedOptions struct {
	flags   *genericclioptions.ConfigFlags
	streams genericiooptions.IOStreams
	// The addresses are empty for finding the Services in the cluster.
	collectorURL, internalURL, trinoURL, catalogURL string
	queryCluster                                    string
}

func (o *sharedOptions) addCollectorFlag(command *cobra.Command) {
	command.Flags().StringVar(&o.collectorURL, "collector-url", "",
		"address of the collector; by default it is found in the cluster and reached through the API server")
}

func (o *sharedOptions) addInternalFlag(command *cobra.Command) {
	command.Flags().StringVar(&o.internalURL, "collector-internal-url", "",
		"address of the collector's internal port; by default it is found in the cluster and reached through the API server")
}

// collectorInternal returns the internal port of a pipeline's collector.
func (o *sharedOptions) collectorInternal(access *cluster.Access, pipeline *cluster.Pipeline) (endpoint, error) {
	if o.internalURL != "" {
		return direct("collector-internal-url", o.internalURL)
	}
	return through(access, cluster.Service{Name: pipeline.CollectorInternalService(), Port: contract.PortInternal}), nil
}

func (o *sharedOptions) addTrinoFlags(command *cobra.Command) {
	command.Flags().StringVar(&o.trinoURL, "trino-url", "",
		"address of Trino; by default it is found in the cluster and reached through the API server")
	command.Flags().StringVar(&o.queryCluster, "query-cluster", "",
		"QueryCluster to ask; by default the first of the namespace that has the pipeline's platform")
}

// endpoint is an address and how to get there.
type endpoint struct {
	url    string
	client *http.Client
}

// direct returns the endpoint at the address that a flag gives.
func direct(flag, address string) (endpoint, error) {
	parsed, err := url.Parse(address)
	if err != nil || (parsed.Scheme != "http" && parsed.Scheme != "https") || parsed.Host == "" {
		return endpoint{}, fmt.Errorf("--%s must be an address such as https://collector.example.com, not %q", flag, address)
	}
	return endpoint{url: strings.TrimSuffix(address, "/"), client: &http.Client{
		Transport: http.DefaultTransport.(*http.Transport).Clone(),
		// A POST that is sent elsewhere arrives there as a GET, without its body.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func through(access *cluster.Access, service cluster.Service) endpoint {
	return endpoint{url: access.URL(service), client: access.HTTPClient(service)}
}

// collector returns the public port of a pipeline's collector.
func (o *sharedOptions) collector(ctx context.Context, pipeline string) (endpoint, error) {
	if o.collectorURL != "" {
		return direct("collector-url", o.collectorURL)
	}
	access, found, err := o.pipeline(ctx, pipeline)
	if err != nil {
		return endpoint{}, err
	}
	return through(access, cluster.Service{Name: found.CollectorService(), Port: contract.PortHTTP}), nil
}

// pipeline reads a pipeline, so that a wrong name is called wrong before anything else is tried.
func (o *sharedOptions) pipeline(ctx context.Context, name string) (*cluster.Access, *cluster.Pipeline, error) {
	access, err := cluster.Connect(o.flags)
	if err != nil {
		return nil, nil, err
	}
	found, err := access.ReadPipeline(ctx, name)
	return access, found, err
}

const defaultPatience = 5 * time.Minute

// sender returns a sender that reports its failed tries as notes of the progress.
func (o *sharedOptions) sender(to endpoint, patience time.Duration, progress *terminal.Progress) *delivery.Sender {
	return &delivery.Sender{URL: to.url, Client: to.client, Patience: patience, OnRetry: func(err error, wait time.Duration) {
		progress.Note("%v; trying again in %v", err, wait.Round(100*time.Millisecond))
	}}
}

// exitUnreadable is the exit code of a command that was given a file of which nothing could be sent.
const exitUnreadable = 2

// ExitCode is what the program ends with after a command ended with the error.
func ExitCode(err error) int {
	var unreadable *accesslog.UnreadableError
	var verdict *Verdict
	var coded *codedError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &coded):
		return coded.code
	case errors.As(err, &verdict):
		return verdict.code
	case errors.As(err, &unreadable):
		return exitUnreadable
	default:
		return 1
	}
}

func printf(out io.Writer, format string, arguments ...any) {
	_, _ = fmt.Fprintf(out, format, arguments...) // nobody to tell when the output is closed
}
