package io.openclickstream.batch;

import io.openclickstream.model.UpkeepDocument;
import io.openclickstream.model.UpkeepResult;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/** {@code batch-job upkeep}: looks after tables once. */
final class UpkeepProgram implements Program {
    private static final String USAGE = "upkeep [--document FILE]";
    private static final String DOCUMENT = "/etc/openclickstream/upkeep.json";
    private static final int MAX_MESSAGE = 1000;

    private final Stopwatch stopwatch;

    UpkeepProgram(Stopwatch stopwatch) {
        this.stopwatch = stopwatch;
    }

    @Override
    public End run(String[] words) throws IOException {
        Options options = Options.parse(words, Set.of("--document"), USAGE);
        UpkeepDocument document = UpkeepDocument.of(options.document("--document", DOCUMENT));
        UpkeepRun.check(document);
        try (BatchSession session = BatchSession.open("upkeep", "UTC", LakeSettings.of(document))) {
            List<UpkeepResult.Table> tables =
                new UpkeepRun(session.spark(), session.catalog(), document.tables(), Clock.systemUTC()).run();
            boolean isFailed = tables.stream().anyMatch(table -> table.state() == UpkeepResult.Table.State.Failed);
            return new End(isFailed ? 1 : 0, ResultText.of(new UpkeepResult(stopwatch.seconds(), null, tables)));
        }
    }

    @Override
    public String failed(String message) {
        String cut = message.substring(0, Math.min(message.length(), MAX_MESSAGE));
        return ResultText.of(new UpkeepResult(stopwatch.seconds(), cut, List.of()));
    }
}
