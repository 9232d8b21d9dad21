// bench-collector loads a running collector and prints what it does with a second of processor time.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/open-clickstream/open-clickstream/go/internal/loadgenerator"
)

type options struct {
	address, metrics string
	connections      int
	events           string
	requests         int64
	duration         time.Duration
	asJSON           bool
}

// figures are one measurement; rates are per second, "a core" means per second of the collector's processor time.
type figures struct {
	EventsPerRequest int     `json:"eventsPerRequest"`
	Connections      int     `json:"connections"`
	Requests         int64   `json:"requests"`
	Refused          int64   `json:"refused"`
	RequestRate      float64 `json:"requestsPerSecond"`
	EventRate        float64 `json:"eventsPerSecond"`
	Cores            float64 `json:"collectorCores"`
	RequestsPerCore  float64 `json:"requestsPerCore"`
	EventsPerCore    float64 `json:"eventsPerCore"`
	MedianMillis     float64 `json:"medianMilliseconds"`
	P99Millis        float64 `json:"p99Milliseconds"`
	ResidentMiB      float64 `json:"residentMiB"`
}

func main() {
	var o options
	flag.StringVar(&o.address, "address", "127.0.0.1:8080", "host:port of the collector's public port")
	flag.StringVar(&o.metrics, "metrics", "http://127.0.0.1:9090/metrics", "URL of the collector's metrics, for its processor time")
	flag.IntVar(&o.connections, "connections", 128, "connections that send at the same time")
	flag.StringVar(&o.events, "events", "1,10", "events a request; several are measured one after the other")
	flag.Int64Var(&o.requests, "requests", 2_000_000, "the most requests of one measurement")
	flag.DurationVar(&o.duration, "duration", 10*time.Second, "the longest time of one measurement")
	flag.BoolVar(&o.asJSON, "json", false, "print JSON instead of a table")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintf(os.Stderr, "bench-collector: %v\n", err)
		os.Exit(1)
	}
}

func run(o options) error {
	var all []figures
	for item := range strings.SplitSeq(o.events, ",") {
		events, err := strconv.Atoi(item)
		if err != nil || events < 1 {
			return fmt.Errorf("--events must be numbers from 1, not %q", item)
		}
		measured, err := measure(o, events)
		if err != nil {
			return err
		}
		all = append(all, measured)
	}
	if o.asJSON {
		return json.NewEncoder(os.Stdout).Encode(all)
	}
	fmt.Println("events/request  connections  requests/s   events/s  cores  requests/core  events/core  p50 ms  p99 ms  MiB  refused")
	for _, f := range all {
		fmt.Printf("%14d %12d %11.0f %10.0f %6.2f %14.0f %12.0f %7.2f %7.2f %4.0f %8d\n", f.EventsPerRequest, f.Connections,
			f.RequestRate, f.EventRate, f.Cores, f.RequestsPerCore, f.EventsPerCore, f.MedianMillis, f.P99Millis, f.ResidentMiB, f.Refused)
	}
	return nil
}

func measure(o options, events int) (figures, error) {
	load := loadgenerator.Load{
		Address: o.address, Connections: o.connections, EventsPerRequest: events, Requests: o.requests, Duration: o.duration,
	}
	before, err := loadgenerator.ReadMetric(o.metrics, "process_cpu_seconds_total")
	if err != nil {
		return figures{}, err
	}
	outcome, err := loadgenerator.Run(load)
	if err != nil {
		return figures{}, err
	}
	after, err := loadgenerator.ReadMetric(o.metrics, "process_cpu_seconds_total")
	if err != nil {
		return figures{}, err
	}
	resident, err := loadgenerator.ReadMetric(o.metrics, "process_resident_memory_bytes")
	if err != nil {
		return figures{}, err
	}
	seconds, used := outcome.Elapsed.Seconds(), after-before
	requests := float64(outcome.Requests)
	return figures{
		EventsPerRequest: events, Connections: o.connections, Requests: outcome.Requests, Refused: outcome.Refused,
		RequestRate: requests / seconds, EventRate: requests / seconds * float64(events), Cores: used / seconds,
		RequestsPerCore: requests / used, EventsPerCore: requests / used * float64(events),
		MedianMillis: milliseconds(outcome.Median), P99Millis: milliseconds(outcome.P99), ResidentMiB: resident / (1 << 20),
	}, nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
