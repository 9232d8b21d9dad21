package io.openclickstream.batch;

import io.openclickstream.lake.TimeWindow;
import io.openclickstream.model.BatchDocument;
import io.openclickstream.model.BatchResult;
import io.openclickstream.model.ConfigException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** {@code batch-job run}: one run of a data product. */
final class RunProgram implements Program {
    private static final String USAGE = "run --run-id ID [--from INSTANT --to INSTANT] [--document FILE]";
    private static final Set<String> OPTIONS = Set.of("--document", "--run-id", "--from", "--to");
    private static final String DOCUMENT = "/etc/openclickstream/batch.json";
    /** What Airflow makes of its run identifiers, and what may be in a branch's name. */
    private static final String RUN_ID = "[A-Za-z0-9][A-Za-z0-9_.:+~-]{0,249}";
    private static final int HELD = 3;
    private static final int MAX_MESSAGE = 1000;

    private final Stopwatch stopwatch;
    private String runId = "";

    RunProgram(Stopwatch stopwatch) {
        this.stopwatch = stopwatch;
    }

    @Override
    public End run(String[] words) throws IOException {
        Options options = Options.parse(words, OPTIONS, USAGE);
        RunRequest request = request(options);
        runId = request.runId();
        BatchDocument document = BatchDocument.of(options.document("--document", DOCUMENT));
        String application = document.product().namespace() + "." + document.product().name();
        String timeZone = Objects.requireNonNullElse(document.timeZone(), "UTC");
        try (BatchSession session = BatchSession.open(application, timeZone, LakeSettings.of(document))) {
            BatchResult result = new ProductRun(session::spark, session.catalog(), document, request, stopwatch).run();
            return new End(result.state() == BatchResult.State.Held ? HELD : 0, ResultText.of(result));
        }
    }

    @Override
    public String failed(String message) {
        String cut = message.substring(0, Math.min(message.length(), MAX_MESSAGE));
        return ResultText.of(
            new BatchResult(runId, BatchResult.State.Failed, null, null, stopwatch.seconds(), null, List.of(), cut));
    }

    /** Which run the options name. */
    static RunRequest request(String[] words) {
        return request(Options.parse(words, OPTIONS, USAGE));
    }

    private static RunRequest request(Options options) {
        String runId = Objects.requireNonNullElse(options.get("--run-id"), "");
        if (!runId.matches(RUN_ID)) {
            throw new ConfigException("--run-id must be 1 to 250 letters, digits and _ . : + ~ -, and begin with a letter or digit, not \""
                + runId + "\"");
        }
        return new RunRequest(runId, window(options));
    }

    private static TimeWindow window(Options options) {
        if (options.get("--from") == null && options.get("--to") == null) {
            return null;
        }
        TimeWindow window = new TimeWindow(instant(options, "--from"), instant(options, "--to"));
        if (!window.from().isBefore(window.to())) {
            throw new ConfigException("--from must be before --to, not " + window.from() + " and " + window.to());
        }
        return window;
    }

    private static Instant instant(Options options, String option) {
        String text = options.get(option);
        if (text == null) {
            throw new ConfigException("--from and --to must be given together: " + option + " is missing");
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new ConfigException(option + " must be a time with an offset such as 2026-03-01T00:00:00Z, not \"" + text + "\"");
        }
    }
}
