package io.openclickstream.planner;

import com.sun.net.httpserver.HttpHandler;
import io.openclickstream.model.ConfigException;
import io.openclickstream.model.ConfigNode;
import io.openclickstream.model.PlanRequest;
import io.openclickstream.service.JsonAnswers;
import io.openclickstream.service.JsonAnswers.Reply;
import io.openclickstream.service.MetricsText;
import io.openclickstream.service.ServiceStatus;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests for plans within bounds: of the body's size, of the requests at a time, of the time for each. A plan that takes too long
 * keeps its turn until it ends; when it does not end, the service says that it is not healthy.
 */
final class PlannerService implements ServiceStatus {
    private static final Logger LOG = LoggerFactory.getLogger(PlannerService.class);
    private static final long STACK_BYTES = 16L << 20;
    private static final int STUCK_AFTER = 12;

    private final SqlPlanner planner;
    private final Limits limits;
    private final Semaphore turns;
    private final JsonAnswers answers;
    private final AtomicLong planNanos = new AtomicLong();
    private final Map<Thread, Long> running = new java.util.concurrent.ConcurrentHashMap<>();
    private volatile boolean isWarm;

    /**
     * What a request may take.
     *
     * @param bodyBytes most bytes of a request
     * @param atATime most plans at a time; who comes then is told to come again
     * @param patience longest time for one plan
     */
    record Limits(int bodyBytes, int atATime, Duration patience) {
        static final Limits DEFAULT = new Limits(2 << 20, 4, Duration.ofSeconds(5));
    }

    PlannerService(SqlPlanner planner, Limits limits) {
        this.planner = planner;
        this.limits = limits;
        this.turns = new Semaphore(limits.atATime());
        this.answers = new JsonAnswers(limits.bodyBytes(), 200, 400, 422, 500, 503, 504);
    }

    /** The first plan compiles much of Calcite; requests should not wait for that. */
    void warmUp(Runnable plans) {
        plans.run();
        isWarm = true;
    }

    /** What is answered at the path for plans. */
    HttpHandler handler() {
        return answers.post(this::reply);
    }

    private Reply reply(String body) {
        if (!turns.tryAcquire()) {
            return Reply.later(503, "as many queries as are planned at a time are being planned; try again", 1);
        }
        return planned(body);
    }

    /** Plans in a thread of its own, whose stack is large: Calcite reads nested queries by recursion. */
    private Reply planned(String body) {
        CompletableFuture<Reply> result = new CompletableFuture<>();
        Thread thread = new Thread(null, () -> {
            long start = System.nanoTime();
            running.put(Thread.currentThread(), start);
            try {
                result.complete(plan(body));
            } catch (Throwable e) {
                result.completeExceptionally(e);
            } finally {
                planNanos.addAndGet(System.nanoTime() - start);
                running.remove(Thread.currentThread());
                turns.release();
            }
        }, "plan", STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        try {
            return result.get(limits.patience().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return Reply.of(504, "the query was not planned within " + limits.patience().toSeconds() + " s");
        } catch (ExecutionException e) {
            LOG.error("A query could not be planned", e.getCause());
            return Reply.of(500, "the query could not be planned: " + e.getCause().getClass().getSimpleName());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Reply.later(503, "the planner is stopping; try again", 1);
        }
    }

    private Reply plan(String body) {
        try {
            SqlPlanner.Answer answer = planner.plan(PlanRequest.of(ConfigNode.parse("the request", body)));
            return answer.plan() == null ? new Reply(422, answer.errors()) : new Reply(200, answer.plan());
        } catch (ConfigException e) {
            return Reply.of(400, e.getMessage());
        }
    }

    @Override
    public String unhealthyBecause() {
        long limit = limits.patience().toNanos() * STUCK_AFTER;
        boolean isStuck = running.values().stream().anyMatch(start -> System.nanoTime() - start > limit);
        return isStuck ? "a query has been planned for more than " + limits.patience().toSeconds() * STUCK_AFTER + " s" : null;
    }

    @Override
    public String unreadyBecause() {
        return isWarm ? null : "the first plan is being made";
    }

    @Override
    public Object progress() {
        return null;
    }

    @Override
    public String metrics() {
        return new MetricsText("openclickstream_planner_")
            .counters("answers_total", "Requests for plans by the code of the answer.", "code", answers.counts())
            .gauge("plans_running", "Plans that are being made.", running.size())
            .gauge("plan_seconds_total", "Seconds spent on plans.", planNanos.get() / 1e9)
            .toString();
    }
}
