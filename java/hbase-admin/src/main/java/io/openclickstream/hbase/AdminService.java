package io.openclickstream.hbase;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.openclickstream.model.ConfigException;
import io.openclickstream.model.ConfigNode;
import io.openclickstream.model.HBaseRequest;
import io.openclickstream.model.HbaseEndpoints;
import io.openclickstream.service.Causes;
import io.openclickstream.service.MetricsText;
import io.openclickstream.service.ServiceStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.hbase.DoNotRetryIOException;
import org.apache.hadoop.hbase.TableExistsException;
import org.apache.hadoop.hbase.TableNotFoundException;
import org.apache.hadoop.hbase.security.AccessDeniedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests about clusters and tables over HTTP. It keeps nothing but connections. */
final class AdminService implements ServiceStatus {
    private static final Logger LOG = LoggerFactory.getLogger(AdminService.class);
    private static final int BODY_BYTES = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Clusters clusters;
    private final ObjectMapper json = new ObjectMapper().setSerializationInclusion(JsonInclude.Include.NON_NULL);
    private final Map<Integer, AtomicLong> answers = new TreeMap<>();

    /** What a request is about, once it was read. */
    private interface Work {
        Object on(Tables tables, HBaseRequest request) throws IOException;
    }

    /** What is sent back. */
    private record Reply(int code, Object document) {
        static Reply of(int code, String message) {
            return new Reply(code, Map.of("message", message));
        }
    }

    AdminService(Clusters clusters) {
        this.clusters = clusters;
        for (int code : new int[] {200, 400, 403, 404, 405, 409, 413, 422, 500, 503, 504}) {
            answers.put(code, new AtomicLong());
        }
    }

    /** What is answered at which path. */
    Map<String, HttpHandler> paths() {
        return Map.of(
            HbaseEndpoints.CLUSTER_PATH, at((tables, request) -> tables.cluster()),
            HbaseEndpoints.DESCRIBE_PATH, at((tables, request) -> tables.describe(Descriptors.nameOf(request))),
            HbaseEndpoints.CREATE_PATH, at((tables, request) -> {
                tables.create(request);
                return Map.of();
            }),
            HbaseEndpoints.ALTER_PATH, at((tables, request) -> {
                tables.alter(request);
                return Map.of();
            }),
            HbaseEndpoints.DROP_PATH, at((tables, request) -> {
                tables.drop(request);
                return Map.of();
            }));
    }

    private HttpHandler at(Work work) {
        return exchange -> {
            try (exchange) {
                Reply reply = reply(exchange, work);
                answers.get(reply.code()).incrementAndGet();
                byte[] body = json.writeValueAsBytes(reply.document());
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(reply.code(), body.length);
                exchange.getResponseBody().write(body);
            }
        };
    }

    private Reply reply(HttpExchange exchange, Work work) throws IOException {
        if (!exchange.getRequestMethod().equals("POST")) {
            return Reply.of(405, "only POST");
        }
        byte[] body = exchange.getRequestBody().readNBytes(BODY_BYTES + 1);
        if (body.length > BODY_BYTES) {
            return Reply.of(413, "a request has at most " + BODY_BYTES + " bytes");
        }
        HBaseRequest request;
        try {
            request = HBaseRequest.of(ConfigNode.parse("request", new String(body, StandardCharsets.UTF_8)));
        } catch (ConfigException e) {
            return Reply.of(400, e.getMessage());
        }
        try {
            return new Reply(200, work.on(new Tables(clusters.admin(request.bootstrapServers(), PATIENCE), PATIENCE), request));
        } catch (ConfigException | IllegalArgumentException | ArithmeticException e) {
            return Reply.of(400, e.getMessage());
        } catch (IOException e) {
            return replyTo(e, request);
        } catch (RuntimeException e) {
            LOG.error("A request could not be answered", e);
            return Reply.of(500, Causes.describe(e));
        }
    }

    private Reply replyTo(IOException failure, HBaseRequest request) {
        // What the servers threw is the outer one; its cause is how it came over the network.
        if (failure instanceof Tables.OtherMarkException) {
            return Reply.of(409, failure.getMessage());
        }
        if (failure instanceof TableExistsException) {
            return Reply.of(409, "there is a table \"" + request.table() + "\" already");
        }
        if (failure instanceof TableNotFoundException) {
            return Reply.of(404, "there is no table \"" + request.table() + "\"");
        }
        if (failure instanceof AccessDeniedException) {
            return Reply.of(403, firstLine(failure));
        }
        if (failure instanceof DoNotRetryIOException) {
            return Reply.of(422, firstLine(failure));
        }
        clusters.forget(request.bootstrapServers());
        return failure instanceof Waiting.NoAnswerException
            ? Reply.of(504, failure.getMessage())
            : Reply.of(503, Causes.describe(failure));
    }

    /** A remote failure has its trace in its message, and one of the checks tells how to switch all checks off. */
    private static String firstLine(IOException failure) {
        String line = String.valueOf(failure.getMessage()).strip().split("\n", 2)[0];
        return line.replaceFirst("\\s+Set hbase\\.table\\.sanity\\.checks.*", "");
    }

    @Override
    public String unhealthyBecause() {
        return null;
    }

    @Override
    public String unreadyBecause() {
        return null;
    }

    @Override
    public Object progress() {
        return null;
    }

    @Override
    public String metrics() {
        Map<Integer, Long> counts = new TreeMap<>();
        answers.forEach((code, count) -> counts.put(code, count.get()));
        return new MetricsText("openclickstream_hbase_admin_")
            .counters("answers_total", "Requests by the code of the answer.", "code", counts)
            .toString();
    }
}
