package io.openclickstream.hbase;

import com.sun.net.httpserver.HttpHandler;
import io.openclickstream.model.ConfigException;
import io.openclickstream.model.ConfigNode;
import io.openclickstream.model.HBaseRequest;
import io.openclickstream.model.HbaseEndpoints;
import io.openclickstream.service.Causes;
import io.openclickstream.service.JsonAnswers;
import io.openclickstream.service.JsonAnswers.Reply;
import io.openclickstream.service.MetricsText;
import io.openclickstream.service.ServiceStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
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
    private static final int AWAY_SECONDS = 10;
    private static final int BUSY_SECONDS = 5;

    private final Clusters clusters;
    private final JsonAnswers answers = new JsonAnswers(BODY_BYTES, 200, 400, 403, 404, 409, 422, 500, 503, 504);

    /** What a request is about, once it was read. */
    private interface Work {
        Object on(Tables tables, HBaseRequest request) throws IOException;
    }

    AdminService(Clusters clusters) {
        this.clusters = clusters;
    }

    /** What is answered at which path. */
    Map<String, HttpHandler> paths() {
        return Map.of(
            HbaseEndpoints.CLUSTER_PATH, at((tables, request) -> tables.cluster()),
            HbaseEndpoints.DESCRIBE_PATH, at((tables, request) -> tables.describe(Descriptors.nameOf(request))),
            HbaseEndpoints.CONTENTS_PATH, at((tables, request) -> tables.contents(Descriptors.nameOf(request), request.within())),
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
        return answers.post(body -> reply(body, work));
    }

    private Reply reply(String body, Work work) {
        HBaseRequest request;
        Access access;
        try {
            request = HBaseRequest.of(ConfigNode.parse("request", body));
            access = Access.of(request);
        } catch (ConfigException e) {
            return Reply.of(400, e.getMessage());
        }
        try {
            return new Reply(200, work.on(new Tables(clusters.connection(access, PATIENCE), PATIENCE), request));
        } catch (ConfigException | IllegalArgumentException | ArithmeticException e) {
            return Reply.of(400, e.getMessage());
        } catch (IOException e) {
            return replyTo(e, request, access);
        } catch (RuntimeException e) {
            LOG.error("A request could not be answered", e);
            return Reply.of(500, Causes.describe(e));
        }
    }

    private Reply replyTo(IOException failure, HBaseRequest request, Access access) {
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
        String refusal = Refusals.of(failure);
        if (refusal != null) {
            clusters.forget(access);
            return Reply.of(403, refusal);
        }
        if (failure instanceof DoNotRetryIOException) {
            return Reply.of(422, firstLine(failure));
        }
        clusters.forget(access);
        return failure instanceof Waiting.NoAnswerException
            ? Reply.later(504, failure.getMessage(), BUSY_SECONDS)
            : Reply.later(503, Reasons.deepest(failure) + access.hint(failure), AWAY_SECONDS);
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
        return new MetricsText("openclickstream_hbase_admin_")
            .counters("answers_total", "Requests by the code of the answer.", "code", answers.counts())
            .toString();
    }
}
