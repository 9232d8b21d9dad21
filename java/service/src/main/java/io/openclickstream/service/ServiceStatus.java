package io.openclickstream.service;

/** What a job or a service says of itself to Kubernetes, to Prometheus and to the operator. Asked by several threads. */
public interface ServiceStatus {
    /** Null when the service is alive, else why it is not: Kubernetes starts it again. */
    String unhealthyBecause();

    /** Null when the service does its work, else why it does not yet. */
    String unreadyBecause();

    /** The document that /progress answers, as Jackson writes it; null when there is none. */
    Object progress();

    /** The metrics that /metrics answers; {@link MetricsText} writes them. */
    String metrics();
}
