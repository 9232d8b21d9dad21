package io.openclickstream.stream.serve;

import io.openclickstream.model.OutputTable;
import io.openclickstream.model.ProgressDocument;
import io.openclickstream.service.ServiceStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the job is doing, as its HTTP server tells. Written by the query's threads, read by the server's; thread-safe. */
public final class JobStatus implements ServiceStatus {
    /** A query that shows no sign of life for so long after a batch was due is stuck, whatever it is waiting for. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int MAX_REASON_LENGTH = 500;
    private static final Logger LOG = LoggerFactory.getLogger(JobStatus.class);

    /**
     * One reading of the status.
     *
     * @param lastBatch the last committed batch; null before the first one
     * @param lag records in Kafka behind the last batch; null while unknown
     * @param offsets next offset to read, by partition
     * @param rows rows since the start, by table
     * @param conflicts duplicates since the start whose content is not that of the first
     * @param executorsLost executors that ended without being asked to, since the start
     * @param lastExecutorLoss why the last of them did; null before
     * @param erased records whose rows were ever erased from the tables on purpose; null while unknown
     * @param oldestEventAgeSeconds age of the last batch's earliest event when its rows became readable; null before the first
     * @param batchSeconds duration of the last batch; null before the first
     * @param profiles how far visitors' profiles are; null where none are kept
     */
    public record Reading(
        ProgressDocument.State state,
        String message,
        Long lastBatch,
        double inputRowsPerSecond,
        double processedRowsPerSecond,
        Long lag,
        Map<String, Long> offsets,
        Map<OutputTable, Long> rows,
        long conflicts,
        long executorsLost,
        String lastExecutorLoss,
        Long erased,
        Double oldestEventAgeSeconds,
        Double batchSeconds,
        ProfileProgress.Reading profiles) {
    }

    private final Clock clock;
    private final Map<OutputTable, Long> rows = new EnumMap<>(OutputTable.class);
    private Map<String, Long> offsets = Map.of();
    private ProgressDocument.State state = ProgressDocument.State.STARTING;
    private String message = "starting";
    private long conflicts;
    private long executorsLost;
    private String lastExecutorLoss;
    private Long erased;
    private Long lastBatch;
    private Long lag;
    private double inputRowsPerSecond;
    private double processedRowsPerSecond;
    private Double oldestEventAgeSeconds;
    private Double batchSeconds;
    private ProfileProgress profiles;
    private Instant lastSign;
    private Duration stuckAfter = PATIENCE;

    public JobStatus(Clock clock) {
        this.clock = clock;
        this.lastSign = clock.instant();
        for (OutputTable table : OutputTable.values()) {
            rows.put(table, 0L);
        }
    }

    /** Between two batches a query may rightly be silent for so long. */
    public synchronized void batchesEvery(Duration triggerInterval) {
        stuckAfter = PATIENCE.plus(triggerInterval);
    }

    /** A part of a batch is done, a task or a file: a long batch is not a stuck one. */
    public synchronized void partDone() {
        lastSign = clock.instant();
    }

    /** Counts an executor that ended without being asked to. */
    public synchronized void executorLost(String executor, String reason) {
        executorsLost++;
        String text = "executor " + executor + ": " + reason.strip().replaceAll("\\s+", " ");
        lastExecutorLoss = text.substring(0, Math.min(text.length(), MAX_REASON_LENGTH));
        LOG.warn("Lost an executor executor={} reason={}", executor, lastExecutorLoss);
    }

    /** Moves on to a state; FAILED is final. */
    public synchronized void become(ProgressDocument.State next, String why) {
        if (state != ProgressDocument.State.FAILED) {
            state = next;
            message = why;
        }
        lastSign = clock.instant();
    }

    /** Takes over where the job goes on, so that batch, offsets and lag are known before there is anything to do. */
    public synchronized void goesOn(Long lastBatchBefore, Map<Integer, Long> nextOffsets, Map<Integer, Long> endOffsets) {
        lastBatch = lastBatchBefore;
        offsets = new TreeMap<>();
        nextOffsets.forEach((partition, offset) -> offsets.put(Integer.toString(partition), offset));
        lag = endOffsets.entrySet().stream()
            .mapToLong(end -> Math.max(0, end.getValue() - nextOffsets.getOrDefault(end.getKey(), 0L)))
            .sum();
    }

    /** Counts the rows of a batch that all tables hold now. */
    public synchronized void addRows(Map<OutputTable, Long> added, long addedConflicts, long oldestReceivedAtMicros) {
        added.forEach((table, count) -> rows.merge(table, count, Long::sum));
        conflicts += addedConflicts;
        if (oldestReceivedAtMicros != Long.MAX_VALUE) {
            long ageMillis = clock.millis() - TimeUnit.MICROSECONDS.toMillis(oldestReceivedAtMicros);
            oldestEventAgeSeconds = ageMillis / 1000.0;
        }
    }

    /** Takes over how many records' rows were erased from the tables so far; null when it is unknown. */
    public synchronized void erased(Long records) {
        erased = records;
    }

    /** Profiles are kept too. */
    public synchronized void keepsProfiles(ProfileProgress progress) {
        profiles = progress;
    }

    /** Takes over what Spark says of a finished batch. */
    public synchronized void batchDone(BatchProgress progress) {
        lastBatch = progress.batchId();
        inputRowsPerSecond = progress.inputRowsPerSecond();
        processedRowsPerSecond = progress.processedRowsPerSecond();
        offsets = new TreeMap<>(progress.offsets());
        lag = progress.lag() == null ? lag : progress.lag();
        batchSeconds = progress.durationMillis() / 1000.0;
        lives();
    }

    /** The query waits for data: it has read all there is. */
    public synchronized void idle() {
        lag = 0L;
        inputRowsPerSecond = 0;
        processedRowsPerSecond = 0;
        lives();
    }

    private void lives() {
        lastSign = clock.instant();
        if (state == ProgressDocument.State.STARTING) {
            state = ProgressDocument.State.RUNNING;
            message = "running";
        }
    }

    @Override
    public synchronized String unreadyBecause() {
        return state == ProgressDocument.State.RUNNING ? null : message;
    }

    @Override
    public synchronized String unhealthyBecause() {
        if (state == ProgressDocument.State.FAILED) {
            return message;
        }
        Duration silence = Duration.between(lastSign, clock.instant());
        return silence.compareTo(stuckAfter) > 0 ? "no sign of life for " + silence.toSeconds() + " s" : null;
    }

    public synchronized Reading read() {
        return new Reading(
            state,
            message,
            lastBatch,
            inputRowsPerSecond,
            processedRowsPerSecond,
            lag,
            offsets,
            new EnumMap<>(rows),
            conflicts,
            executorsLost,
            lastExecutorLoss,
            erased,
            oldestEventAgeSeconds,
            batchSeconds,
            profiles == null ? null : profiles.read());
    }

    @Override
    public ProgressDocument progress() {
        Reading reading = read();
        Map<OutputTable, Long> counted = reading.rows();
        return new ProgressDocument(
            reading.state(),
            reading.message(),
            reading.lastBatch(),
            reading.inputRowsPerSecond(),
            reading.processedRowsPerSecond(),
            reading.lag(),
            reading.offsets(),
            reading.executorsLost(),
            reading.lastExecutorLoss(),
            reading.erased(),
            reading.profiles() == null ? null : reading.profiles().document(),
            new ProgressDocument.Rows(
                counted.get(OutputTable.EVENTS), counted.get(OutputTable.FAILED_EVENTS), counted.get(OutputTable.DUPLICATE_EVENTS),
                reading.conflicts()));
    }

    @Override
    public String metrics() {
        return JobMetrics.of(read());
    }
}
