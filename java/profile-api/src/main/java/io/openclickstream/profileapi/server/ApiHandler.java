package io.openclickstream.profileapi.server;

import io.openclickstream.model.ProfileApiDocument.Limits;
import io.openclickstream.profileapi.access.Access;
import io.openclickstream.profileapi.access.Client;
import io.openclickstream.profileapi.answer.ArrowProfiles;
import io.openclickstream.profileapi.answer.JsonProfiles;
import io.openclickstream.profileapi.answer.Problem;
import io.openclickstream.profileapi.answer.ProblemException;
import io.openclickstream.profileapi.read.Found;
import io.openclickstream.profileapi.read.ProfileReader;
import io.openclickstream.profileapi.read.Question;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests. No thread waits here: what HBase answers goes on in its own threads. */
final class ApiHandler extends Handler.Abstract.NonBlocking {
    private static final Logger LOG = LoggerFactory.getLogger(ApiHandler.class);
    private static final String JSON_BODY = "application/json";

    private final Limits limits;
    private final Reading reading;
    private final Access access;
    private final ProfileReader reader;
    private final Streams streams;
    private final ArrowProfiles arrow;
    private final Figures figures;
    private final byte[] openapi;

    /** What requests are answered with. */
    record Parts(Limits limits, Access access, ProfileReader reader, Streams streams, ArrowProfiles arrow, Figures figures) {
    }

    ApiHandler(Parts parts) throws IOException {
        this.limits = parts.limits();
        this.reading = new Reading(limits);
        this.access = parts.access();
        this.reader = parts.reader();
        this.streams = parts.streams();
        this.arrow = parts.arrow();
        this.figures = parts.figures();
        this.openapi = Description.of(limits);
    }

    /** A request on its way to its answer. */
    private record Exchange(Route route, Request request, Response response, Callback callback) {
        String header(HttpHeader name) {
            return request.getHeaders().get(name);
        }

        String path() {
            return request.getHttpURI().getPath();
        }

        String query() {
            return request.getHttpURI().getQuery();
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        long began = System.nanoTime();
        String path = request.getHttpURI().getPath();
        Route route = path == null ? Route.NONE : Route.of(path);
        Callback counted = route == Route.STREAM ? callback
            : Callback.from(callback, () -> figures.answered(route, response.getStatus(), System.nanoTime() - began));
        Exchange exchange = new Exchange(route, request, response, counted);
        try {
            answer(exchange);
        } catch (RuntimeException e) {
            fail(exchange, e);
        }
        return true;
    }

    private void answer(Exchange exchange) {
        Route route = exchange.route();
        String method = exchange.request().getMethod();
        if (route == Route.NONE) {
            throw new ProblemException(Problem.noPath(exchange.path()));
        }
        boolean isAllowed = method.equals(route.method()) || method.equals("HEAD") && route.method().equals("GET") && route != Route.STREAM;
        if (!isAllowed) {
            exchange.response().getHeaders().put(HttpHeader.ALLOW, route.method());
            throw new ProblemException(Problem.method(method, route.method()));
        }
        switch (route) {
            case OPENAPI -> Replies.ok(exchange.response(), exchange.callback(), Replies.JSON, openapi);
            case PROFILE -> one(exchange);
            case BATCH -> batch(exchange);
            case STREAM -> stream(exchange);
            default -> throw new IllegalStateException("a route without an answer: " + route);
        }
    }

    private void one(Exchange exchange) {
        Client client = access.clientOf(exchange.header(HttpHeader.AUTHORIZATION));
        String form = form(exchange, Replies.JSON, Replies.ARROW);
        String id = Reading.id(exchange.route().idIn(exchange.path()));
        Question question = reading.question(exchange.query(), false);
        access.take(client, question.versions());
        figures.profilesRead(1);
        boolean withHistory = Reading.hasHistory(exchange.query());
        finish(exchange, reader.find(List.of(id), question), found -> {
            Found one = found.get(0).orElseThrow(() -> new ProblemException(Problem.unknown("id", id)));
            byte[] body = form.equals(Replies.ARROW) ? arrow.write(List.of(id), found) : JsonProfiles.one(one, withHistory);
            Replies.ok(exchange.response(), exchange.callback(), form, body);
        });
    }

    private void batch(Exchange exchange) {
        Client client = access.clientOf(exchange.header(HttpHeader.AUTHORIZATION));
        String form = form(exchange, Replies.JSON, Replies.ARROW);
        String contentType = exchange.header(HttpHeader.CONTENT_TYPE);
        if (contentType == null || !contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(JSON_BODY)) {
            throw new ProblemException(Problem.mediaType(contentType));
        }
        if (exchange.request().getLength() > limits.bodyBytes()) {
            throw Body.tooLarge(limits.bodyBytes());
        }
        finish(exchange, Body.read(exchange.request(), limits.bodyBytes()), bytes -> {
            Reading.Batch batch = reading.batch(bytes);
            access.take(client, batch.ids().size());
            figures.profilesRead(batch.ids().size());
            finish(exchange, reader.find(batch.ids(), batch.question()), found -> Replies.ok(
                exchange.response(), exchange.callback(), form,
                form.equals(Replies.ARROW) ? arrow.write(batch.ids(), found) : JsonProfiles.batch(batch.ids(), found)));
        });
    }

    private void stream(Exchange exchange) {
        String authorization = exchange.header(HttpHeader.AUTHORIZATION);
        Client client = access.clientOf(authorization);
        form(exchange, Replies.EVENTS);
        String id = Reading.id(exchange.route().idIn(exchange.path()));
        Question question = reading.question(exchange.query(), true);
        access.take(client, 1);
        streams.takePlace();
        CompletableFuture<List<Optional<Found>>> first = reader.find(List.of(id), question);
        first.whenComplete((found, failure) -> {
            if (failure != null || found.get(0).isEmpty()) {
                streams.giveBack();
            }
        });
        Streams.Reader to = new Streams.Reader(id, question.kind(), authorization, exchange.request().getHeaders().get("Last-Event-ID"));
        finish(exchange, first, found -> streams.open(
            exchange.response(), exchange.callback(), to, found.get(0).orElseThrow(() -> new ProblemException(Problem.unknown("id", id)))));
    }

    /** The first of the forms on offer that the client takes. */
    private static String form(Exchange exchange, String... offered) {
        String accept = exchange.header(HttpHeader.ACCEPT);
        if (accept == null || accept.isBlank()) {
            return offered[0];
        }
        List<String> accepted = List.of(accept.toLowerCase(Locale.ROOT).split(","));
        for (String form : offered) {
            if (accepted.stream().map(one -> one.split(";", 2)[0].strip()).anyMatch(form::equals)) {
                return form;
            }
        }
        String group = offered[0].substring(0, offered[0].indexOf('/')) + "/*";
        if (accepted.stream().map(one -> one.split(";", 2)[0].strip()).anyMatch(one -> one.equals("*/*") || one.equals(group))) {
            return offered[0];
        }
        throw new ProblemException(Problem.notAcceptable(accept, String.join(" or ", offered)));
    }

    /** What is done with an answer that came. */
    private interface Next<T> {
        void with(T value);
    }

    private <T> void finish(Exchange exchange, CompletableFuture<T> future, Next<T> next) {
        future.orTimeout(limits.requestSeconds(), TimeUnit.SECONDS).whenComplete((value, failure) -> {
            try {
                if (failure != null) {
                    fail(exchange, failure);
                } else {
                    next.with(value);
                }
            } catch (RuntimeException e) {
                fail(exchange, e);
            }
        });
    }

    private void fail(Exchange exchange, Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        Problem problem;
        if (cause instanceof ProblemException known) {
            problem = known.problem();
        } else if (cause instanceof IOException || cause instanceof TimeoutException) {
            problem = Problem.unavailable();
        } else {
            LOG.error("A request could not be answered", cause);
            problem = Problem.internal();
        }
        Replies.problem(exchange.response(), exchange.callback(), problem);
    }
}
