package io.openclickstream.stream.engines;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.testing.SparkProgram;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The job as a process of its own, as it runs in a driver pod that works alone. */
final class JobProcess implements AutoCloseable {
    /** The first process of a run writes the archive of classes as it ends, which takes minutes on a busy machine. */
    private static final Duration DEADLINE = Duration.ofMinutes(10);
    private static final int POLL_MILLIS = 100;

    private final Process process;
    private final int port;
    private final Path log;
    private final Path terminationMessage;

    private JobProcess(Process process, int port, Path log, Path terminationMessage) {
        this.process = process;
        this.port = port;
        this.log = log;
        this.terminationMessage = terminationMessage;
    }

    static JobProcess start(Path folder, String jobJson, Map<String, String> environment) throws IOException {
        Path config = Files.writeString(Files.createTempFile(folder, "job", ".json"), jobJson);
        Path log = Files.createTempFile(folder, "job", ".log");
        Path termination = Files.createTempFile(folder, "termination", ".txt");
        int port = freePort();
        ProcessBuilder builder = SparkProgram.of(folder, log, List.of("io.openclickstream.stream.Main", config.toString()));
        builder.environment().putAll(environment);
        builder.environment().put("HTTP_PORT", Integer.toString(port));
        builder.environment().put("TERMINATION_LOG", termination.toString());
        return new JobProcess(builder.start(), port, log, termination);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Waits until /progress shows what is wanted. */
    void await(String what, Predicate<JsonNode> wanted) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        String last = "no answer";
        while (System.nanoTime() < deadline) {
            if (!process.isAlive()) {
                throw new AssertionError("the job ended with " + process.exitValue() + " while waiting until " + what + "\n" + logEnd());
            }
            try {
                last = get("/progress");
                if (wanted.test(new ObjectMapper().readTree(last))) {
                    return;
                }
            } catch (IOException notYet) {
                last = notYet.toString();
            }
            Thread.sleep(POLL_MILLIS);
        }
        throw new AssertionError("not within " + DEADLINE + ": " + what + "; last progress: " + last + "\n" + logEnd());
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void awaitReadyOrEnd() throws IOException, InterruptedException {
        awaitOrEnd("the job runs", progress -> progress.path("state").asText().equals("RUNNING"));
    }

    /** Waits until the job has read so many records, or has ended. */
    void awaitReadOrEnd(long records) throws IOException, InterruptedException {
        awaitOrEnd("the job has read " + records + " records", progress -> read(progress) >= records);
    }

    /** Records before the offsets that a progress names. */
    static long read(JsonNode progress) {
        long read = 0;
        for (JsonNode offset : progress.path("offsets")) {
            read += offset.longValue();
        }
        return read;
    }

    private void awaitOrEnd(String what, Predicate<JsonNode> wanted) throws IOException, InterruptedException {
        try {
            await(what, wanted);
        } catch (AssertionError problem) {
            if (isAlive()) {
                throw problem;
            }
        }
    }

    String get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(Duration.ofSeconds(5)).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Sends SIGTERM; gives the exit code. */
    int terminate() throws InterruptedException, IOException {
        process.destroy();
        return awaitExit();
    }

    int awaitExit() throws InterruptedException, IOException {
        if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the job does not end\n" + logEnd());
        }
        return process.exitValue();
    }

    String terminationMessage() throws IOException {
        return Files.readString(terminationMessage);
    }

    String logEnd() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() {
        kill();
    }
}
