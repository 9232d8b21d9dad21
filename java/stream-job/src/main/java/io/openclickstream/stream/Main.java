package io.openclickstream.stream;

import io.openclickstream.model.ConfigException;
import io.openclickstream.model.DriverEndpoints;
import io.openclickstream.model.ProgressDocument;
import io.openclickstream.service.Causes;
import io.openclickstream.service.StatusServer;
import io.openclickstream.stream.config.JobConfig;
import io.openclickstream.stream.serve.JobStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entry point: {@code Main JOB_JSON}. Runs until a signal, then finishes the running batch and exits with 0; a failure is
 * logged, left as the container's termination message, and exits with 1, so that Kubernetes starts the job again.
 */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Before Spark's own hook, which would pull the context from under a running batch. */
    private static final int BEFORE_SPARK = 1000;

    private final JobStatus status = new JobStatus(Clock.systemUTC());
    private final AtomicBoolean isExiting = new AtomicBoolean();
    private volatile Job job;

    private Main() {
    }

    public static void main(String[] arguments) {
        System.exit(new Main().run(arguments));
    }

    private int run(String[] arguments) {
        try (StatusServer server = StatusServer.start(httpPort(), status)) {
            LOG.info("Serving status port={}", server.port());
            if (arguments.length != 1) {
                throw new ConfigException("one argument is needed: the path of job.json");
            }
            JobConfig config = JobConfig.load(Path.of(arguments[0]));
            ShutdownHookManager.get().addShutdownHook(
                this::stopOnSignal, BEFORE_SPARK, PATIENCE.toSeconds() * 2, TimeUnit.SECONDS);
            job = Job.start(config, status);
            job.awaitEnd();
            return 0;
        } catch (ConfigException e) {
            return fail(e.getMessage(), null);
        } catch (StreamingQueryException | IOException | InterruptedException | TimeoutException | RuntimeException e) {
            return fail(Causes.describe(e), Causes.root(e));
        } finally {
            waitIfStopping();
            isExiting.set(true);
        }
    }

    private int fail(String message, Throwable cause) {
        if (status.read().state() == ProgressDocument.State.STOPPING) {
            LOG.info("Ended while stopping cause={}", message);
            return 0;
        }
        LOG.error("Failed: {}", message, cause);
        status.become(ProgressDocument.State.FAILED, message);
        Causes.leaveTerminationMessage(message);
        return 1;
    }

    private void stopOnSignal() {
        if (isExiting.get()) {
            return;
        }
        LOG.info("Stopping on a signal");
        status.become(ProgressDocument.State.STOPPING, "stopping");
        int code = 0;
        try (Job running = job) {
            if (running != null) {
                QueryStop.stop(running.query(), PATIENCE);
            }
        } catch (IOException | InterruptedException | TimeoutException | RuntimeException e) {
            LOG.error("Failed to stop: {}", Causes.describe(e), e);
            code = 1;
        }
        LOG.info("Stopped");
        // A signal's own exit code would tell of a crash.
        Runtime.getRuntime().halt(code);
    }

    /** The query ends before the hook is done with the rest; the hook ends the process. */
    private void waitIfStopping() {
        if (status.read().state() == ProgressDocument.State.STOPPING) {
            try {
                Thread.sleep(PATIENCE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static int httpPort() {
        String port = System.getenv("HTTP_PORT");
        return port == null ? DriverEndpoints.HTTP_PORT : Integer.parseInt(port);
    }
}
