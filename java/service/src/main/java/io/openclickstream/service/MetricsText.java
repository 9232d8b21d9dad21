package io.openclickstream.service;

import java.util.Map;

/** Metrics in Prometheus' text format. A value that is not known yet is left out. */
public final class MetricsText {
    private final String prefix;
    private final StringBuilder text = new StringBuilder();

    /** The prefix is put before each metric's name, for example {@code openclickstream_stream_}. */
    public MetricsText(String prefix) {
        this.prefix = prefix;
    }

    /** One value that may rise and fall; null is left out. */
    public MetricsText gauge(String name, String help, Number value) {
        if (value != null) {
            header(name, "gauge", help);
            value(name, "", value);
        }
        return this;
    }

    /** One value for each value of a label. */
    public MetricsText gauges(String name, String help, String label, Map<?, ? extends Number> values) {
        return family(name, "gauge", help, label, values);
    }

    /** One ever-growing count. */
    public MetricsText counter(String name, String help, long value) {
        header(name, "counter", help);
        value(name, "", value);
        return this;
    }

    /** One ever-growing count for each value of a label. */
    public MetricsText counters(String name, String help, String label, Map<?, ? extends Number> values) {
        return family(name, "counter", help, label, values);
    }

    private MetricsText family(String name, String type, String help, String label, Map<?, ? extends Number> values) {
        if (!values.isEmpty()) {
            header(name, type, help);
            values.forEach((key, value) -> value(name, "{" + label + "=\"" + key + "\"}", value));
        }
        return this;
    }

    private void header(String name, String type, String help) {
        text.append("# HELP ").append(prefix).append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(prefix).append(name).append(' ').append(type).append('\n');
    }

    private void value(String name, String labels, Number value) {
        text.append(prefix).append(name).append(labels).append(' ').append(value).append('\n');
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
