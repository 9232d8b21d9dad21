package io.openclickstream.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.testing.SparkProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** {@code batch-job} as a process of its own. */
final class BatchProcess {
    /** The first process of a run writes the archive of classes as it ends, which takes minutes on a busy machine. */
    private static final Duration DEADLINE = Duration.ofMinutes(10);
    private static final int POLL_MILLIS = 100;

    private final Process process;
    private final Path log;
    private final Path terminationMessage;

    private BatchProcess(Process process, Path log, Path terminationMessage) {
        this.process = process;
        this.log = log;
        this.terminationMessage = terminationMessage;
    }

    static BatchProcess start(Path folder, String json, Map<String, String> environment, String... words) throws IOException {
        Path document = Files.writeString(Files.createTempFile(folder, "batch", ".json"), json);
        Path log = Files.createTempFile(folder, "batch", ".log");
        Path termination = Files.createTempFile(folder, "termination", ".txt");
        List<String> program = new ArrayList<>(List.of(Main.class.getName()));
        program.addAll(List.of(words));
        program.addAll(List.of("--document", document.toString()));
        ProcessBuilder builder = SparkProgram.of(folder, log, program);
        builder.environment().putAll(environment);
        builder.environment().put("TERMINATION_LOG", termination.toString());
        return new BatchProcess(builder.start(), log, termination);
    }

    /** Waits for its end; its result is in {@link #result}. */
    int exitCode() throws InterruptedException, IOException {
        if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
            kill();
            throw new AssertionError("the program does not end\n" + log());
        }
        return process.exitValue();
    }

    /** Waits until something is so while it runs. */
    void await(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.call()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError((process.isAlive() ? "not within " + DEADLINE : "the program ended") + ": " + what + "\n" + log());
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    void kill() {
        process.destroyForcibly().onExit().join();
    }

    JsonNode result() throws IOException {
        return new ObjectMapper().readTree(Files.readString(terminationMessage));
    }

    String log() throws IOException {
        return Files.readString(log);
    }
}
