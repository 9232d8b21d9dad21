//go:build integration

package integration

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"os"
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
			answer, err := http.Post("http://"+c.public+"/v1/events", "application/json", strings.NewReader(`[{"a":1},{"a":2}]`))
			if err != nil || answer.Body.Close() != nil || answer.StatusCode != http.StatusOK {
				t.Fatalf("answer %v, error %v", answer, err)
			}
			ends, err := admin.ListEndOffsets(context.Background(), topic)
			if end, found := ends.Lookup(topic, 0); err != nil || !found || end.Offset != 2 {
				t.Errorf("stored %d, error %v", end.Offset, err)
			}
			if strings.Contains(c.log(), kafka.password) {
				t.Errorf("the log tells the password:\n%s", c.log())
			}
		})
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
