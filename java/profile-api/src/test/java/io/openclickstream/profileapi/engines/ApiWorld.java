package io.openclickstream.profileapi.engines;

import io.openclickstream.model.ConfigNode;
import io.openclickstream.model.ProfileApiDocument;
import io.openclickstream.profileapi.server.ProfileApi;
import io.openclickstream.profiles.Campaign;
import io.openclickstream.profiles.EventFacts;
import io.openclickstream.profiles.IdentityLinks;
import io.openclickstream.profiles.Moment;
import io.openclickstream.profiles.PlacedEvent;
import io.openclickstream.profiles.ProfileCell;
import io.openclickstream.profiles.ProfileRow;
import io.openclickstream.profiles.RowKeys;
import io.openclickstream.profiles.VisitorState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.NamespaceDescriptor;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptorBuilder;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;
import org.apache.hadoop.hbase.util.Bytes;

/** A real HBase with a table as the operator makes it, rows as the stream job writes them, and the service that reads them. */
final class ApiWorld implements AutoCloseable {
    static final String TOKEN = "a-token-for-tests";
    static final long START = Instant.parse("2026-11-30T08:00:00Z").toEpochMilli();
    private static final String TABLE = "shop:web-profiles";
    private static final int KEPT = 5;

    final HBaseProcess hbase;
    private final Path folder;
    private final RowKeys keys = new RowKeys("shop/web");
    private final Map<String, VisitorState> states = new HashMap<>();
    private ProfileApi api;
    private Connection connection;

    ApiWorld(Path folder) throws IOException {
        this.folder = folder;
        this.hbase = new HBaseProcess(folder.resolve("hbase"));
    }

    void start() throws Exception {
        hbase.start();
        connect();
        try (Admin admin = connection.getAdmin()) {
            admin.createNamespace(NamespaceDescriptor.create("shop").build());
            TableDescriptorBuilder builder = TableDescriptorBuilder.newBuilder(TableName.valueOf(TABLE));
            Map.of("p", KEPT + 1, "s", 1, "i", 1, "c", 1).forEach((family, versions) -> builder.setColumnFamily(
                ColumnFamilyDescriptorBuilder.newBuilder(Bytes.toBytes(family)).setMaxVersions(versions).build()));
            admin.createTable(builder.build(), new byte[][] {{64}, {(byte) 128}, {(byte) 192}});
        }
        startApi(10_000, 10_000);
    }

    /** Connects a writer. */
    void connect() throws IOException {
        Configuration configuration = HBaseConfiguration.create();
        configuration.set("hbase.client.registry.impl", "org.apache.hadoop.hbase.client.RpcConnectionRegistry");
        configuration.set("hbase.client.bootstrap.servers", hbase.address());
        connection = ConnectionFactory.createConnection(configuration);
    }

    /** Starts the service, or another in its place. */
    void startApi(long perSecond, long burst) throws Exception {
        if (api != null) {
            api.close();
        }
        Path tokens = Files.writeString(folder.resolve("tokens"), "tests " + TOKEN + " shop/web\nother " + TOKEN + "-other shop/app\n");
        String settings = "{\"pipeline\":{\"namespace\":\"shop\",\"name\":\"web\"},\"hbase\":{\"bootstrapServers\":\"" + hbase.address()
            + "\",\"table\":\"" + TABLE + "\"},\"tokensFile\":\"" + tokens + "\",\"limits\":{\"requestsPerSecond\":" + perSecond + ",\"burst\":" + burst
            + ",\"batchIds\":100,\"history\":20,\"bodyBytes\":65536,\"streams\":3,\"requestSeconds\":2,\"heartbeatSeconds\":1,\"pollMillis\":200}}";
        api = ProfileApi.start(ProfileApiDocument.of(ConfigNode.parse("profile-api.json", settings)), 0);
        awaitReady();
    }

    void awaitReady() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (api.unreadyBecause() != null) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the service is not ready: " + api.unreadyBecause());
            }
            Thread.sleep(100);
        }
    }

    String url() {
        return "http://127.0.0.1:" + api.port();
    }

    ProfileApi api() {
        return api;
    }

    /** Takes a page view into the profile of a visitor, so many seconds after the start, as the stream job does. */
    void view(String visitor, int second) throws IOException {
        VisitorState before = states.getOrDefault(visitor, VisitorState.unknown(visitor));
        long offset = before.next().getOrDefault(0, 0L);
        Campaign campaign = new Campaign("newsletter", "email", "november", null, null, null, null);
        EventFacts facts = new EventFacts(
            new Moment((START + second * 1000L) * 1000, "e" + second), "page_view", offset == 0, "https://shop.example/" + second, null, campaign, null);
        VisitorState after = before.with("topic", List.of(new PlacedEvent(0, offset, facts)), KEPT);
        states.put(visitor, after);
        write(keys.visitor(visitor), ProfileRow.changes(before, after));
    }

    /** Takes visitors for one user. */
    void merge(String user, String... visitors) throws IOException {
        IdentityLinks links = IdentityLinks.none(user);
        for (String visitor : visitors) {
            links = links.with(visitor, START * 1000, 10);
            IdentityLinks own = IdentityLinks.none(visitor).with(user, START * 1000, 10);
            write(keys.visitor(visitor), List.of(ProfileRow.links(own), ProfileRow.mergedInto(own, user)));
        }
        write(keys.user(user), List.of(ProfileRow.links(links)));
    }

    private void write(byte[] key, List<ProfileCell> cells) throws IOException {
        Put put = new Put(key);
        cells.forEach(cell -> put.addColumn(Bytes.toBytes(cell.family()), Bytes.toBytes(cell.qualifier()), cell.timestamp(), cell.value()));
        try (Table table = connection.getTable(TableName.valueOf(TABLE))) {
            table.put(put);
        }
    }

    @Override
    public void close() throws IOException {
        if (api != null) {
            api.close();
        }
        if (connection != null) {
            connection.close();
        }
        hbase.close();
    }
}
