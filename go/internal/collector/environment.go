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
		ListenAddress:   env.text(contract.EnvListenAddress),
		InternalAddress: env.text(contract.EnvInternalAddress),
		LogLevel:        env.choice(contract.EnvLogLevel),
		Kafka: kafka.Connection{
			BootstrapServers: env.list(contract.EnvKafkaBootstrapServers),
			TLS:              env.tls(),
			Mechanism:        env.choice(contract.EnvKafkaSASLMechanism),
			Username:         env.text(contract.EnvKafkaSASLUsername),
			Password:         env.text(contract.EnvKafkaSASLPassword),
		},
		Topic:           env.text(contract.EnvKafkaTopic),
		Linger:          time.Duration(env.number(contract.EnvKafkaLingerMilliseconds)) * time.Millisecond,
		DeliveryTimeout: env.seconds(contract.EnvDeliveryTimeoutSeconds),
		Limits:          env.limits(),
		Cookie: Cookie{
			Enabled:  env.flag(contract.EnvCookieEnabled),
			Name:     env.token(contract.EnvCookieName),
			MaxAge:   env.seconds(contract.EnvCookieMaxAgeSeconds),
			SameSite: sameSites[env.choice(contract.EnvCookieSameSite)],
			Domain:   env.text(contract.EnvCookieDomain),
		},
		CORSOrigins:         env.origins(contract.EnvCORSOrigins),
		Masking:             contract.Masking(env.choice(contract.EnvIPMasking)),
		TrustedProxies:      env.prefixes(contract.EnvTrustedProxies),
		CapturedHeaders:     env.headers(contract.EnvCaptureHeaders),
		ClientAddressHeader: env.header(contract.EnvClientAddressHeader.Name, env.text(contract.EnvClientAddressHeader)),
		ShutdownGrace:       env.seconds(contract.EnvShutdownGraceSeconds),
		DrainDelay:          env.seconds(contract.EnvDrainDelaySeconds),
	}
	for _, name := range contract.RequiredVariables {
		if strings.Trim(lookup(name), ", \t\n") == "" {
			env.refuse(name, "must be set")
		}
	}
	return config, errors.Join(env.problems...)
}

func (e *environment) tls() *kafka.TLS {
	files := kafka.TLS{
		CAFile:          e.text(contract.EnvKafkaCAFile),
		CertificateFile: e.text(contract.EnvKafkaClientCertificateFile),
		KeyFile:         e.text(contract.EnvKafkaClientKeyFile),
	}
	if !e.flag(contract.EnvKafkaTLS) {
		return nil
	}
	return &files
}

func (e *environment) limits() Limits {
	limits := Limits{
		EventBytes:    e.number(contract.EnvMaxEventBytes),
		RequestEvents: e.number(contract.EnvMaxRequestEvents),
		HeaderBytes:   e.number(contract.EnvMaxHeaderBytes),
		Connections:   e.number(contract.EnvMaxConnections),
		ReadTimeout:   e.seconds(contract.EnvReadTimeoutSeconds),
		IdleTimeout:   e.seconds(contract.EnvIdleTimeoutSeconds),
	}
	// Who raises one limit should not have to raise the others.
	limits.RequestBytes = e.number(raised(contract.EnvMaxRequestBytes, 2*limits.EventBytes))
	limits.InFlightBytes = int64(e.number(raised(contract.EnvMaxInFlightBytes, 2*limits.RequestBytes)))
	if limits.InFlightBytes < 2*int64(limits.RequestBytes) {
		e.refuse(contract.EnvMaxInFlightBytes.Name, "must be at least twice MAX_REQUEST_BYTES, so that one request always fits")
	}
	return limits
}

// raised returns the variable with a default of at least least.
func raised(variable contract.Number, least int) contract.Number {
	variable.Default = max(variable.Default, least)
	return variable
}

var sameSites = map[string]http.SameSite{
	"Strict": http.SameSiteStrictMode, "Lax": http.SameSiteLaxMode, "None": http.SameSiteNoneMode,
}

// environment reads variables and remembers what is wrong with them.
type environment struct {
	lookup   func(string) string
	problems []error
}

func (e *environment) refuse(name, problem string) {
	e.problems = append(e.problems, fmt.Errorf("%s %s", name, problem))
}

func (e *environment) value(name, fallback string) string {
	if value := strings.TrimSpace(e.lookup(name)); value != "" {
		return value
	}
	return fallback
}

func (e *environment) text(variable contract.Text) string {
	return e.value(variable.Name, variable.Default)
}

// list returns the texts between the commas; none of them is empty.
func (e *environment) list(variable contract.List) []string {
	value := e.value(variable.Name, variable.Default)
	if variable.None != "" && value == variable.None {
		return nil
	}
	var items []string
	for item := range strings.SplitSeq(value, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

func (e *environment) choice(variable contract.Choice) string {
	value := e.value(variable.Name, variable.Default)
	isUnset := value == "" && variable.Default == ""
	if !isUnset && !slices.Contains(variable.Values, value) {
		e.refuse(variable.Name, fmt.Sprintf("must be one of %s, not %q", strings.Join(variable.Values, ", "), value))
	}
	return value
}

func (e *environment) flag(variable contract.Flag) bool {
	value := e.value(variable.Name, strconv.FormatBool(variable.Default))
	if value != "true" && value != "false" {
		e.refuse(variable.Name, fmt.Sprintf("must be true or false, not %q", value))
	}
	return value == "true"
}

func (e *environment) number(variable contract.Number) int {
	value := e.value(variable.Name, strconv.Itoa(variable.Default))
	number, err := strconv.Atoi(value)
	if err != nil || number < variable.Least || number > variable.Most {
		e.refuse(variable.Name, fmt.Sprintf("must be a whole number from %d to %d, not %q", variable.Least, variable.Most, value))
	}
	return number
}

func (e *environment) seconds(variable contract.Number) time.Duration {
	return time.Duration(e.number(variable)) * time.Second
}

func (e *environment) token(variable contract.Text) string {
	value := e.text(variable)
	if strings.ContainsFunc(value, func(r rune) bool { return !isTokenRune(r) }) {
		e.refuse(variable.Name, fmt.Sprintf("must consist of letters, digits and !#$%%&'*+-.^_`|~, not %q", value))
	}
	return value
}

func isTokenRune(r rune) bool {
	isLetter := (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z')
	return isLetter || (r >= '0' && r <= '9') || strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}

func (e *environment) origins(variable contract.List) []string {
	name, origins := variable.Name, e.list(variable)
	if slices.Contains(origins, "*") && len(origins) > 1 {
		e.refuse(name, `must be either "*" or a list of origins, not both`)
	}
	for _, origin := range origins {
		if origin != "*" && !isOrigin(origin) {
			e.refuse(name, fmt.Sprintf("must hold origins such as https://example.com or https://*.example.com, not %q", origin))
		}
	}
	return origins
}

// isOrigin reports whether text is an origin as browsers write it, or "https://*." and a domain of two labels or more.
func isOrigin(text string) bool {
	scheme, domain, isWildcard := strings.Cut(text, "*.")
	if isWildcard && !strings.Contains(domain, ".") {
		return false
	}
	parsed, err := url.Parse(scheme + domain)
	return err == nil && parsed.Scheme != "" && parsed.Host != "" && scheme+domain == parsed.Scheme+"://"+parsed.Host &&
		(!isWildcard || scheme == parsed.Scheme+"://") && !strings.Contains(domain, "*")
}

func (e *environment) prefixes(variable contract.List) []netip.Prefix {
	var prefixes []netip.Prefix
	for _, item := range e.list(variable) {
		prefix, err := netip.ParsePrefix(item)
		if err != nil {
			e.refuse(variable.Name, fmt.Sprintf("must be %s or a list of networks such as 10.0.0.0/8, not %q", variable.None, item))
		}
		prefixes = append(prefixes, prefix)
	}
	return prefixes
}

func (e *environment) headers(variable contract.List) []string {
	var headers []string
	for _, item := range e.list(variable) {
		headers = append(headers, e.header(variable.Name, item))
	}
	return headers
}

// header returns the canonical name of a header that the variable of the given name holds.
func (e *environment) header(name, item string) string {
	header := textproto.CanonicalMIMEHeaderKey(item)
	switch {
	case slices.Contains(contract.SecretHeaders, strings.ToLower(header)):
		e.refuse(name, fmt.Sprintf("must not name %q, whose values are secrets", item))
	case strings.ContainsFunc(header, func(r rune) bool { return !isTokenRune(r) }):
		e.refuse(name, fmt.Sprintf("must hold names of HTTP headers, not %q", item))
	}
	return header
}
