package io.openclickstream.service;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** Answers requests with JSON documents, and counts the answers by their codes. */
public final class JsonAnswers {
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int TOO_LARGE = 413;

    private final int bodyBytes;
    private final ObjectMapper json = new ObjectMapper().setSerializationInclusion(JsonInclude.Include.NON_NULL);
    private final Map<Integer, AtomicLong> counts = new TreeMap<>();

    /** What a service makes of the body of a request. */
    public interface Work {
        /** Fails only when the connection does: everything else is a reply. */
        Reply reply(String body) throws IOException;
    }

    /**
     * What is sent back.
     *
     * @param code of HTTP
     * @param document as Jackson writes it; members that are null are left out
     * @param retryAfterSeconds when to come again; null where that is not said
     */
    public record Reply(int code, Object document, Integer retryAfterSeconds) {
        /** Without a time to come again. */
        public Reply(int code, Object document) {
            this(code, document, null);
        }

        /** A document that has a message for a person. */
        public static Reply of(int code, String message) {
            return new Reply(code, Map.of("message", message));
        }

        /** As {@link #of(int, String)}, for a client that should come again after so many seconds. */
        public static Reply later(int code, String message, int retryAfterSeconds) {
            return new Reply(code, Map.of("message", message), retryAfterSeconds);
        }
    }

    /** A request has at most so many bytes. All codes that replies can have are named, so that metrics show them from the start. */
    public JsonAnswers(int bodyBytes, int... codes) {
        this.bodyBytes = bodyBytes;
        for (int code : codes) {
            counts.put(code, new AtomicLong());
        }
        counts.put(METHOD_NOT_ALLOWED, new AtomicLong());
        counts.put(TOO_LARGE, new AtomicLong());
    }

    /** What is answered to POST requests at a path. */
    public HttpHandler post(Work work) {
        return exchange -> {
            try (exchange) {
                send(exchange, reply(exchange, work));
            }
        };
    }

    /** How many replies there were of each code. */
    public Map<Integer, Long> counts() {
        Map<Integer, Long> now = new TreeMap<>();
        counts.forEach((code, count) -> now.put(code, count.get()));
        return now;
    }

    private Reply reply(HttpExchange exchange, Work work) throws IOException {
        if (!exchange.getRequestMethod().equals("POST")) {
            return Reply.of(METHOD_NOT_ALLOWED, "only POST");
        }
        byte[] body = exchange.getRequestBody().readNBytes(bodyBytes + 1);
        if (body.length > bodyBytes) {
            return Reply.of(TOO_LARGE, "a request has at most " + bodyBytes + " bytes");
        }
        return work.reply(new String(body, StandardCharsets.UTF_8));
    }

    private void send(HttpExchange exchange, Reply reply) throws IOException {
        counts.get(reply.code()).incrementAndGet();
        byte[] body = json.writeValueAsBytes(reply.document());
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        if (reply.retryAfterSeconds() != null) {
            exchange.getResponseHeaders().set("Retry-After", reply.retryAfterSeconds().toString());
        }
        exchange.sendResponseHeaders(reply.code(), body.length);
        exchange.getResponseBody().write(body);
    }
}
