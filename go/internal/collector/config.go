// Package collector takes events over HTTP and answers once Kafka has them.
//
//	request -> handler.go -> ingest.go: adapter reads -> records -> Kafka -> adapter answers
//
// What a protocol has of its own is in package adapter and below, how records are made in package rawevent. Who sends is
// found in cookie.go and sender.go, what browsers ask for in cors.go; the process around it all is server.go.
package collector

import (
	"net/http"
	"net/netip"
	"time"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kafka"
)

// Config is everything that the collector can be told; ReadConfig fills it from the environment.
type Config struct {
	ListenAddress   string
	InternalAddress string
	LogLevel        string

	Kafka kafka.Connection
	Topic string
	// Linger is how long an event waits for others to share a Kafka request with.
	Linger time.Duration
	// DeliveryTimeout bounds the wait for Kafka; then the answer is 503.
	DeliveryTimeout time.Duration

	Limits Limits
	Cookie Cookie
	// CORSOrigins are the origins that may read answers; the single entry "*" means every one, without credentials.
	CORSOrigins []string
	Masking     contract.Masking
	// TrustedProxies are the peers that are believed about where a request comes from.
	TrustedProxies []netip.Prefix
	// ClientAddressHeader is the canonical name of the header in which they say it, empty for X-Forwarded-For and Forwarded.
	ClientAddressHeader string
	// CapturedHeaders are the request headers that are kept with each event, in canonical form.
	CapturedHeaders []string

	// ShutdownGrace is the time from SIGTERM until the process is gone.
	ShutdownGrace time.Duration
	// DrainDelay is how long after SIGTERM new connections are still taken, until no load balancer sends them here.
	DrainDelay time.Duration
}

// Limits bound what one request, and all requests together, may use. Sizes are in bytes.
type Limits struct {
	EventBytes    int
	RequestBytes  int
	RequestEvents int
	InFlightBytes int64
	HeaderBytes   int
	Connections   int
	// ReadTimeout is how long a client may take to send one request.
	ReadTimeout time.Duration
	// IdleTimeout is how long a connection may rest between two requests.
	IdleTimeout time.Duration
}

// Cookie describes the cookie that carries a browser's anonymous id. It is always Secure and HttpOnly.
type Cookie struct {
	Enabled  bool
	Name     string
	MaxAge   time.Duration
	SameSite http.SameSite
	Domain   string
}

// headerTimeout is the part of the read timeout that the request's head may take.
const headerTimeout = 10 * time.Second

// maxBatchBytes leaves room for a record's headers beside the event, and is what a topic takes by default
// (max.message.bytes 1048588) unless events may be larger.
func (c *Config) maxBatchBytes() int32 {
	const defaultTopicLimit = 1048588
	return int32(max(defaultTopicLimit, c.Limits.EventBytes+2*c.Limits.HeaderBytes))
}

// Producing returns how records are to be written.
func (c *Config) Producing() kafka.Producing {
	return kafka.Producing{
		Topic:           c.Topic,
		Linger:          c.Linger,
		DeliveryTimeout: c.DeliveryTimeout,
		MaxBatchBytes:   c.maxBatchBytes(),
	}
}
