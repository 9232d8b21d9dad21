package collector

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kafka"
)

// ReadConfig reads the configuration from the environment. Its error names every variable that is wrong at once.
func ReadConfig(lookup func(string) string) (Config, error) {
	env := environment{lookup: lookup}
	config := Config{
		ListenAddress:   env.text("LISTEN_ADDRESS", ":8080"),
		InternalAddress: env.text("INTERNAL_ADDRESS", ":9090"),
		LogLevel:        env.oneOf("LOG_LEVEL", "info", "debug", "info", "warn", "error"),
		Kafka: kafka.Connection{
			BootstrapServers: env.list("KAFKA_BOOTSTRAP_SERVERS"),
			TLS:              env.boolean("KAFKA_TLS", false),
			CAFile:           env.text("KAFKA_CA_FILE", ""),
			Mechanism:        env.mechanism("KAFKA_SASL_MECHANISM"),
			Username:         env.text("KAFKA_SASL_USERNAME", ""),
			Password:         env.text("KAFKA_SASL_PASSWORD", ""),
		},
		Topic:           env.text("KAFKA_TOPIC", ""),
		Linger:          time.Duration(env.number("KAFKA_LINGER_MILLISECONDS", 1, span{0, 1000})) * time.Millisecond,
		DeliveryTimeout: env.seconds("DELIVERY_TIMEOUT_SECONDS", 10, span{1, 120}),
		Limits:          env.limits(),
		Cookie: Cookie{
			Enabled:  env.boolean("COOKIE_ENABLED", true),
			Name:     env.token("COOKIE_NAME", "oc_id"),
			MaxAge:   env.seconds("COOKIE_MAX_AGE_SECONDS", 365*24*60*60, span{1, 400 * 24 * 60 * 60}),
			SameSite: env.sameSite("COOKIE_SAME_SITE"),
			Domain:   env.text("COOKIE_DOMAIN", ""),
		},
		CORSOrigins:     env.origins("CORS_ORIGINS"),
		Masking:         Masking(env.oneOf("IP_MASKING", string(MaskNone), string(MaskNone), string(MaskLastOctet), string(MaskDrop))),
		TrustedProxies:  env.prefixes("TRUSTED_PROXIES", privateNetworks),
		CapturedHeaders: env.headers("CAPTURE_HEADERS"),
		ShutdownGrace:   env.seconds("SHUTDOWN_GRACE_SECONDS", 25, span{1, 3600}),
		DrainDelay:      env.seconds("DRAIN_DELAY_SECONDS", 3, span{0, 600}),
	}
	env.require("KAFKA_BOOTSTRAP_SERVERS", len(config.Kafka.BootstrapServers) > 0)
	env.require("KAFKA_TOPIC", config.Topic != "")
	return config, errors.Join(env.problems...)
}

func (e *environment) limits() Limits {
	limits := Limits{
		EventBytes:    e.number("MAX_EVENT_BYTES", 1_000_000, span{1, 64 << 20}),
		RequestEvents: e.number("MAX_REQUEST_EVENTS", 10_000, span{1, 1_000_000}),
		HeaderBytes:   e.number("MAX_HEADER_BYTES", 16<<10, span{1 << 10, 1 << 20}),
		Connections:   e.number("MAX_CONNECTIONS", 4096, span{1, 1 << 20}),
		ReadTimeout:   e.seconds("READ_TIMEOUT_SECONDS", 30, span{1, 600}),
		// Longer than the minute for which load balancers usually keep connections, or they would use closed ones.
		IdleTimeout: e.seconds("IDLE_TIMEOUT_SECONDS", 75, span{1, 3600}),
	}
	// Who raises one limit should not have to raise the others.
	limits.RequestBytes = e.number("MAX_REQUEST_BYTES", max(8<<20, 2*limits.EventBytes), span{1, 256 << 20})
	limits.InFlightBytes = int64(e.number("MAX_IN_FLIGHT_BYTES", max(64<<20, 2*limits.RequestBytes), span{1, 1 << 40}))
	if limits.InFlightBytes < 2*int64(limits.RequestBytes) {
		e.refuse("MAX_IN_FLIGHT_BYTES", "must be at least twice MAX_REQUEST_BYTES, so that one request always fits")
	}
	return limits
}

// privateNetworks: load balancers and ingress controllers reach the collector from these.
const privateNetworks = "127.0.0.0/8,::1/128,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,169.254.0.0/16,fc00::/7,fe80::/10"

// environment reads variables and remembers what is wrong with them.
type environment struct {
	lookup   func(string) string
	problems []error
}

type span struct{ least, most int }

func (e *environment) refuse(name, problem string) {
	e.problems = append(e.problems, fmt.Errorf("%s %s", name, problem))
}

func (e *environment) require(name string, isSet bool) {
	if !isSet {
		e.refuse(name, "must be set")
	}
}

func (e *environment) text(name, fallback string) string {
	if value := strings.TrimSpace(e.lookup(name)); value != "" {
		return value
	}
	return fallback
}

func (e *environment) list(name string) []string {
	var items []string
	for item := range strings.SplitSeq(e.lookup(name), ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

func (e *environment) oneOf(name, fallback string, allowed ...string) string {
	value := e.text(name, fallback)
	if !slices.Contains(allowed, value) {
		e.refuse(name, fmt.Sprintf("must be one of %s, not %q", strings.Join(allowed, ", "), value))
	}
	return value
}

func (e *environment) mechanism(name string) string {
	value := e.text(name, "")
	if _, known := kafka.Mechanisms[value]; value != "" && !known {
		e.refuse(name, fmt.Sprintf("must be PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, not %q", value))
	}
	return value
}

func (e *environment) boolean(name string, fallback bool) bool {
	value := e.text(name, strconv.FormatBool(fallback))
	if value != "true" && value != "false" {
		e.refuse(name, fmt.Sprintf("must be true or false, not %q", value))
	}
	return value == "true"
}

func (e *environment) number(name string, fallback int, allowed span) int {
	value := e.text(name, strconv.Itoa(fallback))
	number, err := strconv.Atoi(value)
	if err != nil || number < allowed.least || number > allowed.most {
		e.refuse(name, fmt.Sprintf("must be a whole number from %d to %d, not %q", allowed.least, allowed.most, value))
	}
	return number
}

func (e *environment) seconds(name string, fallback int, allowed span) time.Duration {
	return time.Duration(e.number(name, fallback, allowed)) * time.Second
}

func (e *environment) token(name, fallback string) string {
	value := e.text(name, fallback)
	if strings.ContainsFunc(value, func(r rune) bool { return !isTokenRune(r) }) {
		e.refuse(name, fmt.Sprintf("must consist of letters, digits and !#$%%&'*+-.^_`|~, not %q", value))
	}
	return value
}

func isTokenRune(r rune) bool {
	isLetter := (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z')
	return isLetter || (r >= '0' && r <= '9') || strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}

func (e *environment) sameSite(name string) http.SameSite {
	modes := map[string]http.SameSite{
		"Strict": http.SameSiteStrictMode, "Lax": http.SameSiteLaxMode, "None": http.SameSiteNoneMode,
	}
	return modes[e.oneOf(name, "Lax", "Strict", "Lax", "None")]
}

func (e *environment) origins(name string) []string {
	origins := e.list(name)
	if slices.Contains(origins, "*") && len(origins) > 1 {
		e.refuse(name, `must be either "*" or a list of origins, not both`)
	}
	for _, origin := range origins {
		parsed, err := url.Parse(origin)
		if origin != "*" && (err != nil || parsed.Scheme == "" || parsed.Host == "" || origin != parsed.Scheme+"://"+parsed.Host) {
			e.refuse(name, fmt.Sprintf("must hold origins such as https://example.com, not %q", origin))
		}
	}
	return origins
}

func (e *environment) prefixes(name, fallback string) []netip.Prefix {
	value := e.text(name, fallback)
	if value == "none" {
		return nil
	}
	var prefixes []netip.Prefix
	for item := range strings.SplitSeq(value, ",") {
		prefix, err := netip.ParsePrefix(strings.TrimSpace(item))
		if err != nil {
			e.refuse(name, fmt.Sprintf("must be none or a list of networks such as 10.0.0.0/8, not %q", item))
		}
		prefixes = append(prefixes, prefix)
	}
	return prefixes
}

func (e *environment) headers(name string) []string {
	var headers []string
	for _, item := range e.list(name) {
		header := textproto.CanonicalMIMEHeaderKey(item)
		switch {
		case slices.Contains(contract.SecretHeaders, strings.ToLower(header)):
			e.refuse(name, fmt.Sprintf("must not name %q, whose values are secrets", item))
		case strings.ContainsFunc(header, func(r rune) bool { return !isTokenRune(r) }):
			e.refuse(name, fmt.Sprintf("must hold names of HTTP headers, not %q", item))
		}
		headers = append(headers, header)
	}
	return headers
}
