package io.openclickstream.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.openclickstream.model.DriverEndpoints;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves what a {@link ServiceStatus} says: /healthz, /readyz, /metrics (Prometheus) and /progress (JSON); and what a service adds. */
public final class StatusServer implements AutoCloseable {
    private static final int THREADS = 2;
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int UNAVAILABLE = 503;
    private static final String TEXT = "text/plain; charset=utf-8";

    private final HttpServer server;
    private final ExecutorService threads;
    private final ServiceStatus status;
    private final ObjectMapper json = new ObjectMapper();

    private record Answer(int code, String contentType, String body) {
    }

    private StatusServer(HttpServer server, ServiceStatus status, int threads) {
        this.server = server;
        this.status = status;
        this.threads = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "status-server");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(this.threads);
        server.createContext("/", this::answer);
    }

    /**
     * For the whole process, and before the first server starts, since the JDK reads the settings then: a client that sends slowly holds no
     * connection longer than {@code requestSeconds}, and an answer ends after {@code responseSeconds}. Headers and body are written one after
     * the other: without the last setting, each answer waits 40 ms for the client's acknowledgement.
     */
    public static void boundExchanges(int requestSeconds, int responseSeconds) {
        System.setProperty("sun.net.httpserver.maxReqTime", Integer.toString(requestSeconds));
        System.setProperty("sun.net.httpserver.maxRspTime", Integer.toString(responseSeconds));
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /** Listens on all interfaces; port 0 takes any free one. */
    public static StatusServer start(int port, ServiceStatus status) throws IOException {
        return start(port, status, THREADS, Map.of());
    }

    /** As {@link #start(int, ServiceStatus)}, with paths of the service's own; so many requests are read or answered at a time. */
    public static StatusServer start(int port, ServiceStatus status, int threads, Map<String, HttpHandler> paths) throws IOException {
        StatusServer started = new StatusServer(HttpServer.create(new InetSocketAddress(port), 0), status, threads);
        paths.forEach(started.server::createContext);
        started.server.start();
        return started;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer = answerTo(exchange);
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
            boolean isHead = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(answer.code(), isHead ? -1 : body.length);
            if (!isHead) {
                OutputStream output = exchange.getResponseBody();
                output.write(body);
            }
        }
    }

    private Answer answerTo(HttpExchange exchange) throws JsonProcessingException {
        if (!exchange.getRequestMethod().equals("GET") && !exchange.getRequestMethod().equals("HEAD")) {
            return new Answer(METHOD_NOT_ALLOWED, TEXT, "only GET\n");
        }
        return switch (exchange.getRequestURI().getPath()) {
            case DriverEndpoints.HEALTHZ_PATH -> check(status.unhealthyBecause());
            case DriverEndpoints.READYZ_PATH -> check(status.unreadyBecause());
            case DriverEndpoints.PROGRESS_PATH -> progress(status.progress());
            case DriverEndpoints.METRICS_PATH -> new Answer(OK, "text/plain; version=0.0.4; charset=utf-8", status.metrics());
            default -> new Answer(NOT_FOUND, TEXT, "not found\n");
        };
    }

    private Answer progress(Object progress) throws JsonProcessingException {
        return progress == null
            ? new Answer(NOT_FOUND, TEXT, "not found\n")
            : new Answer(OK, "application/json", json.writeValueAsString(progress) + "\n");
    }

    private static Answer check(String problem) {
        return problem == null ? new Answer(OK, TEXT, "ok\n") : new Answer(UNAVAILABLE, TEXT, problem + "\n");
    }
}
