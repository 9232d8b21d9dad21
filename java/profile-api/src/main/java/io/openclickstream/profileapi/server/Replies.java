package io.openclickstream.profileapi.server;

import io.openclickstream.profileapi.answer.JsonProfiles;
import io.openclickstream.profileapi.answer.Problem;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Writes answers. */
final class Replies {
    static final String JSON = "application/json";
    static final String ARROW = "application/vnd.apache.arrow.stream";
    static final String EVENTS = "text/event-stream";
    private static final String PROBLEM = "application/problem+json";
    private static final HttpField NOT_KEPT = new HttpField(HttpHeader.CACHE_CONTROL, "no-store");

    private Replies() {
    }

    /** Writes what was asked for. */
    static void ok(Response response, Callback callback, String contentType, byte[] body) {
        write(response, callback, 200, contentType, body);
    }

    /** Writes why there is nothing of what was asked for. */
    static void problem(Response response, Callback callback, Problem problem) {
        HttpFields.Mutable headers = response.getHeaders();
        if (problem.retryAfter() != null) {
            headers.put(HttpHeader.RETRY_AFTER, problem.retryAfter());
        }
        if (problem.status() == 401) {
            headers.put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
        }
        write(response, callback, problem.status(), PROBLEM, JsonProfiles.bytes(problem));
    }

    private static void write(Response response, Callback callback, int status, String contentType, byte[] body) {
        response.setStatus(status);
        HttpFields.Mutable headers = response.getHeaders();
        headers.put(HttpHeader.CONTENT_TYPE, contentType);
        headers.put(HttpHeader.CONTENT_LENGTH, body.length);
        // What is known of a person is for who asked, now.
        headers.put(NOT_KEPT);
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    /** Answers what never came to a handler, such as a request that is no HTTP. Nothing of the fault is shown. */
    static final class Errors extends ErrorHandler {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            int status = response.getStatus();
            problem(response, callback, switch (status) {
                case 503 -> Problem.unavailable();
                case 500 -> Problem.internal();
                default -> Problem.http(status, "the request is not taken");
            });
            return true;
        }
    }
}
