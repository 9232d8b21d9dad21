package io.openclickstream.profileapi.engines;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An HBase of the test's own, which can be killed and started again on the same data; the variables of "hbase-jars" say what of. */
final class HBaseProcess implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofMinutes(4);
    private static final int POLL_MILLIS = 200;

    private final Path folder;
    private final int port = freePort();
    private final Map<String, Object> settings;
    private Process process;

    HBaseProcess(Path folder) throws IOException {
        this.folder = folder;
        this.settings = Map.of(
            "hbase.rootdir", "file://" + folder.resolve("data"),
            "hbase.tmp.dir", folder.resolve("tmp"),
            "hbase.zookeeper.property.dataDir", folder.resolve("zookeeper"),
            "hbase.zookeeper.property.clientPort", freePort(),
            "hbase.master.hostname", "localhost",
            "hbase.master.port", port,
            "hbase.master.ipc.address", "127.0.0.1",
            "hbase.regionserver.hostname", "localhost",
            "hbase.regionserver.port", freePort(),
            "hbase.regionserver.ipc.address", "127.0.0.1");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    String address() {
        return "localhost:" + port;
    }

    /** Returns when clients are answered. */
    void start() throws IOException, InterruptedException {
        Path log = Files.createTempFile(Files.createDirectories(folder), "hbase", ".log");
        List<String> command = new ArrayList<>(List.of(System.getenv("HBASE_HOME") + "/bin/hbase-start"));
        settings.forEach((name, value) -> command.addAll(List.of("-D", name + "=" + value)));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("HBASE_JAVA_OPTS", "-Xmx384m -XX:+UseSerialGC");
        builder.environment().put("PATH", System.getProperty("java.home") + "/bin:" + System.getenv("PATH"));
        process = builder.start();
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!Files.readString(log).contains("Master has completed initialization")) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                List<String> lines = Files.readAllLines(log);
                throw new AssertionError("HBase does not start; its log ends with\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size())));
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** As a power cut of the pod does. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
    }
}
