package io.openclickstream.flight.trino;

import com.github.luben.zstd.Zstd;
import io.openclickstream.service.Causes;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks Trino in its own protocol. Keeps nothing: a query goes on wherever one knows the path of its next answer. Trino gives
 * the newest answer of a query again when it is asked again, and no older one.
 */
public final class TrinoClient {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    /** Trino answers a waiting client after a second at most. */
    private static final Duration ANSWER = Duration.ofSeconds(60);
    /** Answers are held in the heap while they are read, so they are kept small; Trino's own measure is 16 MB. */
    private static final String PAGE_SIZE = "targetResultSize=4MB";
    private static final int ATTEMPTS = 8;
    private static final long FIRST_PAUSE_MILLIS = 50;
    /** How Trino says that a prepared statement is no SQL. */
    private static final Pattern IN_PREPARED = Pattern.compile("Invalid X-Trino-Prepared-Statement header: (line (\\d+):(\\d+): .*)", Pattern.DOTALL);
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int GONE = 410;
    private static final int NOT_FOUND = 404;

    private final URI base;
    private final HttpClient http;

    /** A client for the coordinator at an address without a path. */
    public TrinoClient(URI base) {
        this.base = base;
        this.http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();
    }

    /** There is no such answer: the query has gone on, has ended, or never was. */
    public static final class GoneException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        GoneException(String message) {
            super(message);
        }
    }

    /** Trino cannot be reached, or does not answer as Trino. */
    public static final class UnreachableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnreachableException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** A query whose columns are known: the path of the answer that has them, and that answer. */
    public record Started(String path, TrinoPage page) {
    }

    /**
     * Starts a statement and waits until its columns are known or it has ended. Throws what Trino says when it fails. Prepared statements
     * that it names come by name as {@link #headerText}.
     */
    public Started start(String sql, Session session, Map<String, String> prepared) throws IOException, InterruptedException {
        HttpRequest.Builder request = request("/v1/statement", session.user()).POST(HttpRequest.BodyPublishers.ofString(sql));
        header(request, "X-Trino-Catalog", session.catalog());
        header(request, "X-Trino-Schema", session.catalog() == null ? null : session.schema());
        header(request, "X-Trino-Time-Zone", session.timeZone());
        prepared.forEach((name, text) -> request.header("X-Trino-Prepared-Statement", name + "=" + text));
        String path = null;
        TrinoPage page = TrinoPage.open(send(request.build()));
        while (true) {
            page.throwFailure();
            if (page.columns() != null || page.next() == null) {
                return new Started(path, page);
            }
            path = pathOf(page.next());
            page.close();
            page = page(path, session.user());
        }
    }

    /** The answer at a path. Throws {@link GoneException} when Trino has it no more. */
    public TrinoPage page(String path, String user) throws IOException, InterruptedException {
        return TrinoPage.open(bytes(path, user));
    }

    /** As {@link #page}, unread. */
    public byte[] bytes(String path, String user) throws IOException, InterruptedException {
        return send(request(path + "?" + PAGE_SIZE, user).GET().build());
    }

    /** Ends the query that has an answer at this path, if it still runs. */
    public CompletableFuture<?> cancel(String path, String user) {
        return http.sendAsync(request(path, user).DELETE().build(), HttpResponse.BodyHandlers.discarding());
    }

    /** The path of an answer, whatever name Trino thinks it has. */
    public static String pathOf(String uri) {
        String path = URI.create(uri).getRawPath();
        if (!path.startsWith("/v1/statement/")) {
            throw new UnreachableException("Trino names an answer at an unknown path", null);
        }
        return path;
    }

    /** Null when Trino takes queries, else why it does not. */
    public String unreadyBecause() {
        try {
            HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(base.resolve("/v1/info")).timeout(CONNECT).GET().build(), HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == OK && answer.body().contains("\"starting\":false") ? null : "Trino has not started yet";
        } catch (IOException e) {
            return "Trino cannot be reached at " + base;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "stopping";
        }
    }

    private HttpRequest.Builder request(String path, String user) {
        return HttpRequest.newBuilder(base.resolve(path))
            .timeout(ANSWER)
            .header("X-Trino-User", user)
            .header("X-Trino-Source", "flight-gateway")
            // Without the first, Trino cuts times to milliseconds on their way.
            .header("X-Trino-Client-Capabilities", "PARAMETRIC_DATETIME,PATH");
    }

    private static void header(HttpRequest.Builder request, String name, String value) {
        if (value != null) {
            request.header(name, value);
        }
    }

    /** A statement as the value of a header: compressed where that makes it shorter. */
    public static String headerText(String sql) {
        String plain = URLEncoder.encode(sql, StandardCharsets.UTF_8);
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        String packed = URLEncoder.encode("$zstd:" + Base64.getUrlEncoder().encodeToString(Zstd.compress(bytes)), StandardCharsets.UTF_8);
        return packed.length() < plain.length() ? packed : plain;
    }

    /** Sends a request, again and again for a while when Trino is too busy to answer: it takes each request once. */
    private byte[] send(HttpRequest request) throws IOException, InterruptedException {
        long pause = FIRST_PAUSE_MILLIS;
        for (int attempt = 1; ; attempt++) {
            HttpResponse<byte[]> response;
            try {
                response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            } catch (IOException e) {
                throw new UnreachableException("Trino cannot be reached at " + base + ": " + Causes.describe(e), e);
            }
            int code = response.statusCode();
            if (code == OK) {
                return response.body();
            }
            if (code == GONE || code == NOT_FOUND) {
                throw new GoneException("Trino has no such answer of a query");
            }
            if (code < 502 || code > 504 || attempt == ATTEMPTS) {
                throw refused(code, response.body());
            }
            Thread.sleep(pause);
            pause *= 2;
        }
    }

    private RuntimeException refused(int code, byte[] body) {
        String text = new String(body, 0, Math.min(body.length, 500), StandardCharsets.UTF_8).strip();
        Matcher inPrepared = IN_PREPARED.matcher(text);
        if (code == BAD_REQUEST && inPrepared.find()) {
            return new TrinoFailure(inPrepared.group(1), new TrinoFailure.Detail("SYNTAX_ERROR", "USER_ERROR",
                Integer.parseInt(inPrepared.group(2)), Integer.parseInt(inPrepared.group(3)), null));
        }
        if (code >= 400 && code < 500) {
            return new TrinoFailure("Trino answers " + code + ": " + text, new TrinoFailure.Detail("", "USER_ERROR", 0, 0, null));
        }
        return new UnreachableException("Trino answers " + code + ": " + text, null);
    }
}
