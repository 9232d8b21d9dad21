package io.openclickstream.batch;

import io.openclickstream.model.ConfigException;
import io.openclickstream.service.Causes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entry point: {@code Main run --run-id ID ...} or {@code Main upkeep ...}. The last line of its output, and the container's termination
 * message, is the result as JSON. It exits with 0 when all is done, with 3 when a check holds a run, with 2 when it was called wrongly or
 * its document is wrong, and with 1 when it failed otherwise.
 */
public final class Main {
    private static final int FAILED = 1;
    private static final int MISUSED = 2;
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private Main() {
    }

    public static void main(String[] words) {
        System.exit(run(words, Stopwatch.sinceProcessStart()));
    }

    private static int run(String[] words, Stopwatch stopwatch) {
        Program program = words.length > 0 && words[0].equals("upkeep") ? new UpkeepProgram(stopwatch) : new RunProgram(stopwatch);
        Program.End end;
        try {
            end = program.run(words);
        } catch (ConfigException e) {
            LOG.error("Refused: {}", e.getMessage());
            end = new Program.End(MISUSED, program.failed(e.getMessage()));
        } catch (Exception e) {
            String message = StepException.describe(e);
            LOG.error("Failed: {}", message, e);
            end = new Program.End(FAILED, program.failed(message));
        }
        // Spark has stopped by now, and nothing is logged behind it.
        Causes.leaveTerminationMessage(end.result());
        System.out.println(end.result());
        System.out.flush();
        return end.code();
    }
}
