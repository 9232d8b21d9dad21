package io.openclickstream.stream.profile;

import io.openclickstream.lake.StoredEvents;
import io.openclickstream.profiles.PlacedEvent;
import io.openclickstream.profiles.RowKeys;
import io.openclickstream.service.Causes;
import io.openclickstream.stream.serve.ProfileProgress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the profiles beside the query: reads from the lake what the query has committed, window by window, and takes it into HBase.
 * While HBase does not answer, the query goes on, and this waits and says so; then it goes on where the table says that it was.
 */
public final class ProfileStage implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProfileStage.class);
    /** The job's end must not wait for an HBase that is away: what is cut off is done again. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(3);
    /** Without a sign of the query; also what another driver committed is seen then. */
    private static final Duration LONGEST_REST = Duration.ofSeconds(30);

    private final ProfileSettings settings;
    private final Supplier<StoredEvents> table;
    private final ProfileProgress progress;
    private final Semaphore news = new Semaphore(0);
    private final Thread thread = new Thread(this, "profiles");
    private volatile boolean isStopping;
    /** Of this thread alone: the lake's table once it was loaded, and how far the profiles were known to be last. */
    private StoredEvents events;
    private Cursor cursor;

    private ProfileStage(ProfileSettings settings, Supplier<StoredEvents> events, ProfileProgress progress) {
        this.settings = settings;
        this.table = events;
        this.progress = progress;
    }

    /** Starts it; it goes on until it is closed. */
    public static ProfileStage start(ProfileSettings settings, Supplier<StoredEvents> events, ProfileProgress progress) {
        ProfileStage stage = new ProfileStage(settings, events, progress);
        stage.thread.setDaemon(true);
        stage.thread.setUncaughtExceptionHandler((thread, error) -> {
            LOG.error("Profiles ended; they go on when the job starts again", error);
            progress.waits("they ended and go on when the job starts again: " + Causes.describe(error), null);
        });
        stage.thread.start();
        return stage;
    }

    /** The query has committed a batch. */
    public void committed() {
        news.release();
    }

    @Override
    public void run() {
        while (!isStopping) {
            // Each connection is another writer: one of this process that is still under way must not go on beside it.
            try (ProfileTable table = ProfileTable.open(settings.bootstrapServers(), settings.table(), UUID.randomUUID().toString())) {
                follow(table);
            } catch (IOException | RuntimeException e) {
                if (!isStopping) {
                    String cause = "filling table " + settings.table() + " of HBase at " + settings.bootstrapServers() + ": " + Causes.describe(e);
                    LOG.warn("Profiles wait cause={}", cause);
                    progress.waits(cause, lag());
                    rest(PAUSE_AFTER_FAILURE);
                }
            }
        }
    }

    private void follow(ProfileTable table) throws IOException {
        StoredEvents stored = events();
        RowKeys keys = new RowKeys(settings.pipeline());
        cursor = table.cursor();
        LOG.info("Following the events table with profiles table={} from={}", settings.table(), cursor.next());
        while (!isStopping) {
            news.drainPermits();
            Window window = Window.next(cursor, stored, settings.maxRecords());
            if (window == null) {
                progress.caughtUp();
                rest(LONGEST_REST);
            } else {
                take(window, stored, table, keys);
                table.advance(window.after());
                cursor = window.after();
            }
        }
    }

    private void take(Window window, StoredEvents stored, ProfileTable table, RowKeys keys) throws IOException {
        long began = System.nanoTime();
        Map<String, List<PlacedEvent>> byVisitor = new HashMap<>();
        long[] read = {0, Long.MAX_VALUE};
        stored.read(window.rows(), EventReading.COLUMNS, row -> {
            byVisitor.computeIfAbsent(EventReading.visitor(row), visitor -> new ArrayList<>()).add(EventReading.event(row));
            read[0]++;
            read[1] = Math.min(read[1], EventReading.receivedAt(row));
        });
        long changed = new ProfileBatch(table, keys, settings.history()).write(window.after().topic(), byVisitor, this::requireGoing);
        new IdentityBatch(table, keys, settings.identity()).write(byVisitor);
        if (read[0] > 0) {
            progress.took(changed, window.lag(), read[1]);
            LOG.info("Profiles took events={} rows={} seconds={} lag={}",
                read[0], changed, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began) / 1000.0, window.lag());
        }
    }

    private StoredEvents events() {
        if (events == null) {
            events = table.get();
        }
        return events;
    }

    /** How many records wait while HBase is away; null while that is unknown. */
    private Long lag() {
        try {
            return cursor == null ? null : cursor.behind(events().extent());
        } catch (RuntimeException e) {
            LOG.warn("How far the profiles are behind is unknown cause={}", Causes.describe(e));
            return null;
        }
    }

    /** Between two parts of a window; what is left of it is done at the next start. */
    private void requireGoing() {
        if (isStopping) {
            throw new IllegalStateException("the job is stopping");
        }
    }

    private void rest(Duration longest) {
        try {
            if (news.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS)) {
                news.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            isStopping = true;
        }
    }

    @Override
    public void close() {
        isStopping = true;
        news.release();
        try {
            thread.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
