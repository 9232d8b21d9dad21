package collector

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kafka"
)

func TestTheDefaultsAreTheDocumentedOnes(t *testing.T) {
	environment := map[string]string{"KAFKA_BOOTSTRAP_SERVERS": "a:1, b:2", "KAFKA_TOPIC": "t"}
	config, err := ReadConfig(func(name string) string { return environment[name] })
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(config.Kafka.BootstrapServers, []string{"a:1", "b:2"}) || config.Limits.EventBytes != 1_000_000 ||
		config.ListenAddress != ":8080" || config.InternalAddress != ":9090" || config.Cookie.Name != "oc_id" || !config.Cookie.Enabled ||
		config.DeliveryTimeout != 10*time.Second || config.Masking != contract.MaskNone {
		t.Errorf("defaults %+v", config)
	}
	if got := config.maxBatchBytes(); got != 1048588 {
		t.Errorf("a record may have %d bytes, which a topic does not take by default", got)
	}
}

func TestALargerEventMakesRoomForItself(t *testing.T) {
	environment := map[string]string{"KAFKA_BOOTSTRAP_SERVERS": "a:1", "KAFKA_TOPIC": "t", "MAX_EVENT_BYTES": "10000000"}
	config, err := ReadConfig(func(name string) string { return environment[name] })
	if err != nil || config.Limits.RequestBytes != 20_000_000 || config.maxBatchBytes() <= 10_000_000 {
		t.Errorf("limits %+v, batches of %d bytes, error %v", config.Limits, config.maxBatchBytes(), err)
	}
}

func TestEachWrongVariableIsNamed(t *testing.T) {
	cases := []struct {
		name, value, want string
	}{
		{"KAFKA_BOOTSTRAP_SERVERS", "", "KAFKA_BOOTSTRAP_SERVERS must be set"},
		{"KAFKA_TOPIC", " ", "KAFKA_TOPIC must be set"},
		{"KAFKA_TLS", "yes", `KAFKA_TLS must be true or false, not "yes"`},
		{"KAFKA_SASL_MECHANISM", "GSSAPI", `KAFKA_SASL_MECHANISM must be one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, not "GSSAPI"`},
		{"MAX_EVENT_BYTES", "1MB", `MAX_EVENT_BYTES must be a whole number from 1 to 67108864, not "1MB"`},
		{"MAX_IN_FLIGHT_BYTES", "1000", "MAX_IN_FLIGHT_BYTES must be at least twice MAX_REQUEST_BYTES, so that one request always fits"},
		{"COOKIE_SAME_SITE", "lax", `COOKIE_SAME_SITE must be one of Strict, Lax, None, not "lax"`},
		{"COOKIE_NAME", "a b", `COOKIE_NAME must consist of letters, digits and !#$%&'*+-.^_` + "`|~, not \"a b\""},
		{"IP_MASKING", "Some", `IP_MASKING must be one of None, LastOctet, Drop, not "Some"`},
		{"CORS_ORIGINS", "example.com", `CORS_ORIGINS must hold origins such as https://example.com or https://*.example.com, not "example.com"`},
		{"CORS_ORIGINS", "https://a.example/", `CORS_ORIGINS must hold origins such as https://example.com or https://*.example.com, not "https://a.example/"`},
		{"CORS_ORIGINS", "https://*.example", `CORS_ORIGINS must hold origins such as https://example.com or https://*.example.com, not "https://*.example"`},
		{"CORS_ORIGINS", "https://a.*.example", `CORS_ORIGINS must hold origins such as https://example.com or https://*.example.com, not "https://a.*.example"`},
		{"CORS_ORIGINS", "https://*.*.a.example", `CORS_ORIGINS must hold origins such as https://example.com or https://*.example.com, not "https://*.*.a.example"`},
		{"CORS_ORIGINS", "*,https://a.example", `CORS_ORIGINS must be either "*" or a list of origins, not both`},
		{"TRUSTED_PROXIES", "10.0.0.1", `TRUSTED_PROXIES must be none or a list of networks such as 10.0.0.0/8, not "10.0.0.1"`},
		{"CAPTURE_HEADERS", "authorization", `CAPTURE_HEADERS must not name "authorization", whose values are secrets`},
		{"CAPTURE_HEADERS", "x shop", `CAPTURE_HEADERS must hold names of HTTP headers, not "x shop"`},
		{"CLIENT_ADDRESS_HEADER", "cf connecting", `CLIENT_ADDRESS_HEADER must hold names of HTTP headers, not "cf connecting"`},
		{"SHUTDOWN_GRACE_SECONDS", "0", `SHUTDOWN_GRACE_SECONDS must be a whole number from 1 to 3600, not "0"`},
	}
	for _, c := range cases {
		t.Run(c.name+" "+c.value, func(t *testing.T) {
			environment := map[string]string{"KAFKA_BOOTSTRAP_SERVERS": "a:1", "KAFKA_TOPIC": "t"}
			maps.Copy(environment, map[string]string{c.name: c.value})
			_, err := ReadConfig(func(name string) string { return environment[name] })
			if err == nil || err.Error() != c.want {
				t.Errorf("error %v\nwant  %s", err, c.want)
			}
		})
	}
}

func TestAllWrongVariablesAreNamedAtOnce(t *testing.T) {
	_, err := ReadConfig(func(string) string { return "!" })
	if err == nil || strings.Count(err.Error(), "\n") < 10 {
		t.Errorf("error %v", err)
	}
}

func TestEveryMechanismThatMayBeNamedIsKnown(t *testing.T) {
	for _, mechanism := range contract.EnvKafkaSASLMechanism.Values {
		if _, known := kafka.Mechanisms[mechanism]; !known {
			t.Errorf("the mechanism %q is admitted, but nobody can log in with it", mechanism)
		}
	}
}
