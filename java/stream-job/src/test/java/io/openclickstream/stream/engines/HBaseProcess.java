package io.openclickstream.stream.engines;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.NamespaceDescriptor;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptorBuilder;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Durability;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;
import org.apache.hadoop.hbase.util.Bytes;

/** An HBase of the test's own, which can be killed and started again on the same data; the variables of "hbase-jars" say what of. */
final class HBaseProcess implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofMinutes(4);
    private static final int POLL_MILLIS = 200;

    private final Path folder;
    private final Map<String, Object> settings;
    private final int port;
    private Process process;

    HBaseProcess(Path folder) throws IOException {
        this.folder = folder;
        this.port = freePort();
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
        builder.environment().put("HBASE_JAVA_OPTS", "-Xmx384m -XX:+UseSerialGC -XX:TieredStopAtLevel=1");
        builder.environment().put("PATH", System.getProperty("java.home") + "/bin:" + System.getenv("PATH"));
        process = builder.start();
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!Files.readString(log).contains("Master has completed initialization")) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError("HBase does not start; its log ends with\n" + end(log));
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static String end(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    }

    /** As a power cut of the pod does. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    Connection connect() throws IOException {
        Configuration configuration = HBaseConfiguration.create();
        configuration.set("hbase.client.registry.impl", "org.apache.hadoop.hbase.client.RpcConnectionRegistry");
        configuration.set("hbase.client.bootstrap.servers", address());
        return ConnectionFactory.createConnection(configuration);
    }

    /** A table as the operator makes it for profiles. */
    void createProfileTable(String name) throws IOException {
        TableName table = TableName.valueOf(name);
        try (Connection connection = connect(); Admin admin = connection.getAdmin()) {
            if (List.of(admin.listNamespaces()).stream().noneMatch(table.getNamespaceAsString()::equals)) {
                admin.createNamespace(NamespaceDescriptor.create(table.getNamespaceAsString()).build());
            }
            TableDescriptorBuilder builder = TableDescriptorBuilder.newBuilder(table).setDurability(Durability.FSYNC_WAL);
            Map.of("p", 21, "s", 1, "i", 1, "c", 1).forEach((family, versions) -> builder.setColumnFamily(
                ColumnFamilyDescriptorBuilder.newBuilder(Bytes.toBytes(family)).setMaxVersions(versions).build()));
            admin.createTable(builder.build(), new byte[][] {{64}, {(byte) 128}, {(byte) 192}});
        }
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
    }
}
