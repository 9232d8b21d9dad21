//go:build integration

package integration

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"
)

// securedKafka is a Kafka that asks for TLS and SASL, whose user may do everything. The environment says where it is.
type securedKafka struct{ address, caFile, username, password string }

func findSecuredKafka(t *testing.T) securedKafka {
	t.Helper()
	found := securedKafka{os.Getenv("SECURED_KAFKA"), os.Getenv("SECURED_KAFKA_CA_FILE"), os.Getenv("SECURED_KAFKA_USERNAME"), os.Getenv("SECURED_KAFKA_PASSWORD")}
	if found.address == "" {
		t.Fatal("set SECURED_KAFKA, SECURED_KAFKA_CA_FILE, SECURED_KAFKA_USERNAME and SECURED_KAFKA_PASSWORD")
	}
	return found
}

func (k securedKafka) admin(t *testing.T) *kadm.Client {
	t.Helper()
	pem, err := os.ReadFile(k.caFile)
	if err != nil {
		t.Fatal(err)
	}
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(pem)
	client, err := kgo.NewClient(kgo.SeedBrokers(k.address), kgo.DialTLSConfig(&tls.Config{RootCAs: authorities}),
		kgo.SASL(plain.Auth{User: k.username, Pass: k.password}.AsMechanism()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return kadm.NewClient(client)
}

func (k securedKafka) collector(t *testing.T, topic, mechanism, password string) *collector {
	t.Helper()
	return newCollectorWith(t, "KAFKA_BOOTSTRAP_SERVERS="+k.address, "KAFKA_TOPIC="+topic, "KAFKA_TLS=true", "KAFKA_CA_FILE="+k.caFile,
		"KAFKA_SASL_MECHANISM="+mechanism, "KAFKA_SASL_USERNAME="+k.username, "KAFKA_SASL_PASSWORD="+password)
}

// mutualKafka is its listener that asks for a client's certificate; this one may do everything.
type mutualKafka struct{ address, caFile, certificateFile, keyFile string }

func findMutualKafka(t *testing.T) mutualKafka {
	t.Helper()
	found := mutualKafka{
		os.Getenv("MUTUAL_KAFKA"), findSecuredKafka(t).caFile, os.Getenv("MUTUAL_KAFKA_CERTIFICATE_FILE"), os.Getenv("MUTUAL_KAFKA_KEY_FILE"),
	}
	if found.address == "" {
		t.Fatal("set MUTUAL_KAFKA, MUTUAL_KAFKA_CERTIFICATE_FILE and MUTUAL_KAFKA_KEY_FILE")
	}
	return found
}

func (k mutualKafka) collector(t *testing.T, topic, certificateFile, keyFile string) *collector {
	t.Helper()
	return newCollectorWith(t, "KAFKA_BOOTSTRAP_SERVERS="+k.address, "KAFKA_TOPIC="+topic, "KAFKA_TLS=true", "KAFKA_CA_FILE="+k.caFile,
		"KAFKA_CLIENT_CERTIFICATE_FILE="+certificateFile, "KAFKA_CLIENT_KEY_FILE="+keyFile)
}

func (c *collector) log() string {
	c.t.Helper()
	log, err := os.ReadFile(c.logFile)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(log)
}

func TestEventsAreStoredInAKafkaThatAsksForTLSAndSASL(t *testing.T) {
	kafka := findSecuredKafka(t)
	admin := kafka.admin(t)
	for _, mechanism := range []string{"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"} {
		t.Run(mechanism, func(t *testing.T) {
			topic := "collector-" + mechanism
			if _, err := admin.CreateTopic(context.Background(), 1, 1, nil, topic); err != nil {
				t.Fatal(err)
			}
			c := kafka.collector(t, topic, mechanism, kafka.password)
			c.awaitTakesEvents(true)
			storeTwoEvents(t, c, admin, topic)
			if strings.Contains(c.log(), kafka.password) {
				t.Errorf("the log tells the password:\n%s", c.log())
			}
		})
	}
}

func storeTwoEvents(t *testing.T, c *collector, admin *kadm.Client, topic string) {
	t.Helper()
	answer, err := http.Post("http://"+c.public+"/v1/events", "application/json", strings.NewReader(`[{"a":1},{"a":2}]`))
	if err != nil || answer.Body.Close() != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("answer %v, error %v", answer, err)
	}
	ends, err := admin.ListEndOffsets(context.Background(), topic)
	if end, found := ends.Lookup(topic, 0); err != nil || !found || end.Offset != 2 {
		t.Errorf("stored %d, error %v", end.Offset, err)
	}
}

func TestEventsAreStoredInAKafkaThatAsksForACertificate(t *testing.T) {
	kafka := findMutualKafka(t)
	admin := findSecuredKafka(t).admin(t)
	topic := "collector-mutual"
	if _, err := admin.CreateTopic(context.Background(), 1, 1, nil, topic); err != nil {
		t.Fatal(err)
	}
	c := kafka.collector(t, topic, kafka.certificateFile, kafka.keyFile)
	c.awaitTakesEvents(true)
	storeTwoEvents(t, c, admin, topic)
}

// A certificate that the brokers do not take any more is replaced in the file, as a Secret that is mounted is.
func TestARenewedCertificateIsUsedWithoutARestart(t *testing.T) {
	kafka := findMutualKafka(t)
	admin := findSecuredKafka(t).admin(t)
	topic := "collector-renewed"
	if _, err := admin.CreateTopic(context.Background(), 1, 1, nil, topic); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	certificateFile, keyFile := filepath.Join(folder, "tls.crt"), filepath.Join(folder, "tls.key")
	put := func(file, from string) {
		content, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(file, content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	beside := func(name string) string { return filepath.Join(filepath.Dir(kafka.keyFile), name) }
	put(certificateFile, beside("stranger.crt"))
	put(keyFile, beside("stranger.key"))
	c := kafka.collector(t, topic, certificateFile, keyFile)
	c.awaitTakesEvents(false)
	put(certificateFile, kafka.certificateFile)
	put(keyFile, kafka.keyFile)
	c.awaitTakesEvents(true)
	storeTwoEvents(t, c, admin, topic)
	if strings.Contains(c.log(), "PRIVATE KEY") {
		t.Errorf("the log tells the key:\n%s", c.log())
	}
}

func TestARefusedPasswordIsSaidWithoutThePassword(t *testing.T) {
	const wrong = "wrong-pa55word"
	c := findSecuredKafka(t).collector(t, "collector-refused", "SCRAM-SHA-512", wrong)
	await(t, "the log to say it", func() error {
		if !strings.Contains(c.log(), "SASL_AUTHENTICATION_FAILED") {
			return errors.New("the log is\n" + c.log())
		}
		return nil
	})
	c.awaitTakesEvents(false)
	if strings.Contains(c.log(), wrong) {
		t.Errorf("the log tells the password:\n%s", c.log())
	}
}
