package collector

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/twmb/franz-go/pkg/kgo"
	"golang.org/x/net/netutil"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kafka"
	"github.com/open-clickstream/open-clickstream/go/internal/memory"
)

// Server is the whole collector: the public port, the internal port and the connection to Kafka.
//
//	starting -> serving -> draining (not ready, still serving) -> stopping (finishes what it has) -> stopped
type Server struct {
	config   Config
	logger   *slog.Logger
	client   *kgo.Client
	monitor  *kafka.Monitor
	health   *Health
	public   *http.Server
	internal *http.Server
}

const (
	accountingTimeout   = 10 * time.Second
	internalReadTimeout = 10 * time.Second
)

// NewServer connects the parts; it does not listen yet and does not need Kafka to be there.
func NewServer(config Config, logger *slog.Logger) (*Server, error) {
	client, err := kafka.NewClient(config.Kafka, config.Producing())
	if err != nil {
		return nil, err
	}
	s := &Server{config: config, logger: logger, client: client, monitor: kafka.NewMonitor(client, config.Topic, logger)}
	s.health = NewHealth(s.monitor)
	budget := memory.NewBudget(config.Limits.InFlightBytes)
	metrics := NewMetrics(budget, s.health.TakesEvents)
	handler, err := NewHandler(config, Parts{
		Adapters: Adapters(),
		Sink:     kafka.NewSink(client, config.DeliveryTimeout), Readiness: s.monitor, Health: s.health,
		Metrics: metrics, Budget: budget, Logger: logger,
	})
	if err != nil {
		return nil, err
	}
	s.public = NewPublicServer(config, handler, logger)
	s.internal = &http.Server{
		Handler:           s.internalHandler(metrics),
		ReadHeaderTimeout: internalReadTimeout,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
	return s, nil
}

// NewPublicServer returns a server with the limits that keep slow and greedy clients from harming the others.
func NewPublicServer(config Config, handler http.Handler, logger *slog.Logger) *http.Server {
	read := config.Limits.ReadTimeout
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: min(headerTimeout, read),
		ReadTimeout:       read,
		// Writing starts after reading and after Kafka's answer.
		WriteTimeout: read + 2*config.DeliveryTimeout + headerTimeout,
		IdleTimeout:  config.Limits.IdleTimeout,
		// net/http refuses without the headers that let a page read why; what is a little too large the handler refuses itself.
		MaxHeaderBytes: 2 * config.Limits.HeaderBytes,
		// What clients get wrong in HTTP itself is theirs to know, not worth a log line each.
		ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
	places := &slots{server: server, most: int64(config.Limits.Connections)}
	server.ConnState = places.track
	return server
}

// Listeners are where a server takes connections.
type Listeners struct{ Public, Internal net.Listener }

// Listen opens both ports.
func (s *Server) Listen() (Listeners, error) {
	public, err := net.Listen("tcp", s.config.ListenAddress)
	if err != nil {
		return Listeners{}, fmt.Errorf("opening LISTEN_ADDRESS: %w", err)
	}
	internal, err := net.Listen("tcp", s.config.InternalAddress)
	if err != nil {
		return Listeners{}, errors.Join(fmt.Errorf("opening INTERNAL_ADDRESS: %w", err), public.Close())
	}
	return Listeners{Public: netutil.LimitListener(public, s.config.Limits.Connections), Internal: internal}, nil
}

// Run serves until the context ends, and then drains. It returns early when a port stops serving.
func (s *Server) Run(ctx context.Context, listeners Listeners) error {
	probing, stopProbing := context.WithCancel(context.Background())
	defer stopProbing()
	go s.monitor.Run(probing)
	broken := make(chan error, 2)
	go func() { broken <- s.public.Serve(listeners.Public) }()
	go func() { broken <- s.internal.Serve(listeners.Internal) }()
	s.logger.Info("Serving", "address", listeners.Public.Addr().String(),
		"internalAddress", listeners.Internal.Addr().String(), "topic", s.config.Topic)
	select {
	case err := <-broken:
		return errors.Join(fmt.Errorf("serving HTTP: %w", err), s.stop(context.Background()))
	case <-ctx.Done():
	}
	s.drain()
	deadline, cancel := context.WithTimeout(context.Background(), s.config.ShutdownGrace-s.drainDelay())
	defer cancel()
	return s.stop(deadline)
}

func (s *Server) drainDelay() time.Duration {
	return min(s.config.DrainDelay, s.config.ShutdownGrace/2)
}

// drain stays not ready but serving for a while, since load balancers take time to notice, and asks clients to move
// their connections elsewhere.
func (s *Server) drain() {
	s.logger.Info("Draining", "delay", s.drainDelay().String())
	s.health.Drain()
	s.public.SetKeepAlivesEnabled(false)
	time.Sleep(s.drainDelay())
}

// stop finishes the requests under way, then what Kafka still has to acknowledge, then everything else.
func (s *Server) stop(ctx context.Context) error {
	err := s.public.Shutdown(ctx)
	if flushed := s.client.Flush(ctx); flushed != nil {
		err = errors.Join(err, fmt.Errorf("flushing to Kafka: %w", flushed))
	}
	err = errors.Join(err, s.internal.Close())
	s.client.Close()
	s.logger.Info("Stopped", "clean", err == nil)
	return err
}

func (s *Server) internalHandler(metrics *Metrics) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+contract.PathMetrics, promhttp.HandlerFor(metrics.Registry, promhttp.HandlerOpts{}))
	mux.Handle("GET "+contract.PathHealthz, s.health)
	mux.Handle("GET "+contract.PathReadyz, s.health)
	mux.HandleFunc("GET "+contract.PathStatus, s.health.serveStatus)
	mux.HandleFunc("GET "+contract.PathAccounting, s.serveAccounting)
	return mux
}

func (s *Server) serveAccounting(writer http.ResponseWriter, request *http.Request) {
	ctx, cancel := context.WithTimeout(request.Context(), accountingTimeout)
	defer cancel()
	writer.Header()["Content-Type"] = jsonContent
	var answer any
	answer, err := kafka.ReadAccounting(ctx, s.client, s.config.Topic)
	if err != nil {
		writer.WriteHeader(http.StatusServiceUnavailable)
		answer = map[string]string{"error": err.Error()}
	}
	_ = json.NewEncoder(writer).Encode(answer) // whoever asked is gone
}
