package io.openclickstream.stream.profile;

import io.openclickstream.profiles.EventFacts;
import io.openclickstream.profiles.Moment;
import io.openclickstream.profiles.PlacedEvent;
import io.openclickstream.profiles.RowKeys;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptorBuilder;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Durability;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;
import org.apache.hadoop.hbase.util.Bytes;

/** How many events and rows a second become profiles in a real HBase: {@code ProfileBench HOST:PORT}. Prints lines {@code name value}. */
public final class ProfileBench {
    private static final String TABLE = "bench_profiles";
    private static final int VISITORS = 20_000;
    private static final int EVENTS_OF_A_WINDOW = 20_000;
    private static final int WARM_UP_WINDOWS = 2;
    private static final int WINDOWS = 6;
    private static final int HISTORY = 20;
    private static final double NANOS = 1e9;

    private final Random random = new Random(11);
    private long offset;

    private ProfileBench() {
    }

    public static void main(String[] arguments) throws IOException {
        createTable(arguments[0]);
        try (ProfileTable table = ProfileTable.open(arguments[0], TABLE, "bench")) {
            new ProfileBench().measure(new ProfileBatch(table, new RowKeys("bench/web"), HISTORY));
        }
    }

    private static void createTable(String address) throws IOException {
        Configuration configuration = HBaseConfiguration.create();
        configuration.set("hbase.client.registry.impl", "org.apache.hadoop.hbase.client.RpcConnectionRegistry");
        configuration.set("hbase.client.bootstrap.servers", address);
        try (Connection connection = ConnectionFactory.createConnection(configuration); Admin admin = connection.getAdmin()) {
            TableDescriptorBuilder table = TableDescriptorBuilder.newBuilder(TableName.valueOf(TABLE)).setDurability(Durability.FSYNC_WAL);
            Map.of("p", HISTORY + 1, "s", 1, "i", 1, "c", 1).forEach((family, versions) -> table.setColumnFamily(
                ColumnFamilyDescriptorBuilder.newBuilder(Bytes.toBytes(family)).setMaxVersions(versions).build()));
            admin.createTable(table.build(), new byte[][] {{64}, {(byte) 128}, {(byte) 192}});
        }
    }

    private void measure(ProfileBatch batch) throws IOException {
        for (int window = 0; window < WARM_UP_WINDOWS; window++) {
            batch.write("t", window(), () -> { });
        }
        long rows = 0;
        double began = System.nanoTime() / NANOS;
        double processor = processorSeconds();
        for (int window = 0; window < WINDOWS; window++) {
            rows += batch.write("t", window(), () -> { });
        }
        double used = processorSeconds() - processor;
        double took = System.nanoTime() / NANOS - began;
        int events = WINDOWS * EVENTS_OF_A_WINDOW;
        print("events_per_second", events / took);
        print("rows_per_second", rows / took);
        print("rows_per_core_second_of_the_job", rows / used);
        print("events_per_core_second_of_the_job", events / used);
    }

    private static double processorSeconds() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime() / NANOS;
    }

    private static void print(String name, double value) {
        System.out.printf(Locale.ROOT, "%s %.0f%n", name, value);
    }

    /** Mostly single pages of visitors who came before, as of a site: a few visitors have many events. */
    private Map<String, List<PlacedEvent>> window() {
        Map<String, List<PlacedEvent>> byVisitor = new HashMap<>();
        for (int number = 0; number < EVENTS_OF_A_WINDOW; number++) {
            String visitor = "visitor-" + (int) (VISITORS * random.nextDouble() * random.nextDouble());
            EventFacts facts = new EventFacts(
                new Moment(1_800_000_000_000_000L + offset * 1000, EventFacts.markOf("event-" + offset)), "page_view", random.nextInt(5) == 0,
                "https://shop.example.com/products/" + random.nextInt(500), "A product", null, null);
            byVisitor.computeIfAbsent(visitor, one -> new ArrayList<>()).add(new PlacedEvent(0, offset++, facts));
        }
        return byVisitor;
    }
}
