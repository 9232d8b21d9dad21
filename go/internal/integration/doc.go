// Package integration tests the collector as a process against a real Kafka, which the tests start, kill and stop:
//
//	KAFKA_CLASSPATH='/where/kafka/is/libs/*' go test -tags integration ./internal/integration
//
// The class path holds Kafka 4 (kafka_2.13 and kafka-tools with what they need). test/support/with-engines.ts
// runs it with the jars of the local cluster's image, and starts the Kafka that asks for TLS and SASL (SECURED_KAFKA…).
package integration
