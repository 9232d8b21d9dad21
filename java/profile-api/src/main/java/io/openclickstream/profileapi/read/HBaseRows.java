package io.openclickstream.profileapi.read;

import io.openclickstream.profiles.ProfileRow;
import io.openclickstream.profiles.RowKeys;
import io.openclickstream.profiles.VisitorProfile;
import io.openclickstream.service.Causes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.AdvancedScanResultConsumer;
import org.apache.hadoop.hbase.client.AsyncConnection;
import org.apache.hadoop.hbase.client.AsyncTable;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.util.Bytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rows of a table in HBase. A connection that does not work for some time is replaced, as it may know of servers that are no more. */
public final class HBaseRows implements Rows, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HBaseRows.class);
    private static final byte[] PROFILES = Bytes.toBytes(ProfileRow.PROFILE_FAMILY);
    private static final byte[] PROFILE = Bytes.toBytes(ProfileRow.PROFILE);
    private static final byte[] STATES = Bytes.toBytes(ProfileRow.STATE_FAMILY);
    private static final byte[] STATE = Bytes.toBytes(ProfileRow.STATE);
    private static final byte[] IDENTITIES = Bytes.toBytes(ProfileRow.IDENTITY_FAMILY);
    private static final byte[] LINKS = Bytes.toBytes(ProfileRow.LINKS);
    private static final byte[] MERGED_INTO = Bytes.toBytes(ProfileRow.MERGED_INTO);
    private static final int FAILURES_BEFORE_ANOTHER = 3;

    private final Configuration configuration;
    private final TableName name;
    private final RowKeys keys;
    private final Duration patience;
    private int failures;
    private AsyncConnection connection;
    private volatile Opened opened;
    private volatile String problem = "HBase was not asked yet";

    /** A table that can be read. Tables of pipelines without identities have no family for them. */
    private record Opened(AsyncTable<AdvancedScanResultConsumer> table, boolean hasIdentities) {
    }

    /**
     * Connects when it is first looked at by {@link #probe}.
     *
     * @param bootstrapServers {@code host:port}s with commas between them
     * @param table {@code namespace:name}
     * @param pipeline {@code namespace/name}
     * @param patience how long a read may take, with all its repetitions
     */
    public HBaseRows(String bootstrapServers, String table, String pipeline, Duration patience) {
        this.configuration = configuration(bootstrapServers, patience);
        this.name = TableName.valueOf(table);
        this.keys = new RowKeys(pipeline);
        this.patience = patience;
    }

    /** Finds profiles in these rows. */
    public ProfileReader reader() {
        return new ProfileReader(this);
    }

    private static Configuration configuration(String servers, Duration patience) {
        Configuration configuration = HBaseConfiguration.create();
        // ZooKeeper is the cluster's own affair since HBase 2.6: its servers say where everything is.
        configuration.set("hbase.client.registry.impl", "org.apache.hadoop.hbase.client.RpcConnectionRegistry");
        configuration.set("hbase.client.bootstrap.servers", servers);
        configuration.setInt("hbase.ipc.client.socket.timeout.connect", 2_000);
        configuration.setLong("hbase.rpc.timeout", patience.toMillis());
        configuration.setLong("hbase.client.operation.timeout", patience.toMillis());
        configuration.setLong("hbase.client.meta.operation.timeout", patience.toMillis());
        configuration.setInt("hbase.client.retries.number", 5);
        return configuration;
    }

    /** Null when the last look found the table readable, else why it is not. */
    public String problem() {
        return problem;
    }

    /** Looks whether the table can be read; to be called again and again by one thread. */
    public void probe() {
        try {
            look();
            if (problem != null) {
                LOG.info("HBase answers");
            }
            failures = 0;
            problem = null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | IOException | RuntimeException e) {
            String found = e instanceof TimeoutException ? "HBase did not answer within " + patience.toSeconds() + " s" : Causes.describe(e);
            if (problem == null || failures == 0) {
                LOG.warn("Profiles cannot be read: {}", found);
            }
            problem = found;
            failures++;
            if (failures % FAILURES_BEFORE_ANOTHER == 0) {
                forget();
            }
        }
    }

    private void look() throws ExecutionException, InterruptedException, TimeoutException, IOException {
        if (connection == null) {
            connection = await(ConnectionFactory.createAsyncConnection(configuration));
        }
        // The family of identities can come to a table that is in use: the master, who knows, is asked until it is there.
        AsyncTable<AdvancedScanResultConsumer> table = connection.getTable(name);
        await(table.exists(new Get(RowKeys.cursor()).addFamily(PROFILES)));
        if (opened == null || !opened.hasIdentities()) {
            opened = new Opened(table, await(table.getDescriptor()).hasColumnFamily(IDENTITIES));
        }
    }

    private <T> T await(CompletableFuture<T> answer) throws ExecutionException, InterruptedException, TimeoutException {
        return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void forget() {
        AsyncConnection old = connection;
        connection = null;
        opened = null;
        try {
            if (old != null) {
                old.close();
            }
        } catch (IOException e) {
            LOG.warn("A connection could not be closed", e);
        }
    }

    @Override
    public CompletableFuture<List<Row>> visitors(List<String> ids, Question question) {
        Opened now = opened;
        if (now == null) {
            return CompletableFuture.failedFuture(new IOException(problem));
        }
        List<CompletableFuture<Result>> answers = now.table().get(ids.stream().map(id -> visitor(id, question, now.hasIdentities())).toList());
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).thenApply(done -> {
            List<Row> rows = new ArrayList<>(answers.size());
            answers.forEach(answer -> rows.add(row(answer.join())));
            return rows;
        });
    }

    @Override
    public CompletableFuture<Row> user(String id) {
        Opened now = opened;
        if (now == null) {
            return CompletableFuture.failedFuture(new IOException(problem));
        }
        return now.hasIdentities()
            ? now.table().get(new Get(keys.user(id)).addColumn(IDENTITIES, LINKS)).thenApply(HBaseRows::row)
            : CompletableFuture.completedFuture(Row.EMPTY);
    }

    private Get visitor(String id, Question question, boolean hasIdentities) {
        Get get = new Get(keys.visitor(id)).addColumn(PROFILES, PROFILE);
        try {
            get.readVersions(question.versions());
            if (question.asOf() != null) {
                // Of this family alone: state and identity are those of now.
                get.setColumnFamilyTimeRange(PROFILES, 0, question.asOf() + 1);
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("a number of versions is positive", e);
        }
        if (question.isOfPast()) {
            get.addColumn(STATES, STATE);
        }
        if (hasIdentities) {
            get.addColumn(IDENTITIES, MERGED_INTO);
        }
        return get;
    }

    private static Row row(Result result) {
        if (result.isEmpty()) {
            return Row.EMPTY;
        }
        NavigableMap<Long, VisitorProfile> versions = new TreeMap<>();
        for (Cell cell : result.getColumnCells(PROFILES, PROFILE)) {
            versions.put(cell.getTimestamp(), ProfileRow.profile(CellUtil.cloneValue(cell)));
        }
        byte[] state = result.getValue(STATES, STATE);
        byte[] links = result.getValue(IDENTITIES, LINKS);
        byte[] mergedInto = result.getValue(IDENTITIES, MERGED_INTO);
        return new Row(
            versions,
            state == null ? null : ProfileRow.state(state).knownSince(),
            links == null ? null : ProfileRow.links(links),
            mergedInto == null || mergedInto.length == 0 ? null : Bytes.toString(mergedInto));
    }

    @Override
    public void close() {
        forget();
    }
}
