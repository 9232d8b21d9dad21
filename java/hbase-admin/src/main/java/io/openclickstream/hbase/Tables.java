package io.openclickstream.hbase;

import io.openclickstream.model.HBaseCluster;
import io.openclickstream.model.HBaseContents;
import io.openclickstream.model.HBaseRequest;
import io.openclickstream.model.HBaseTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.hbase.ClusterMetrics;
import org.apache.hadoop.hbase.NamespaceDescriptor;
import org.apache.hadoop.hbase.NamespaceExistException;
import org.apache.hadoop.hbase.NamespaceNotFoundException;
import org.apache.hadoop.hbase.RegionMetrics;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.Size;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.TableNotFoundException;
import org.apache.hadoop.hbase.client.AsyncAdmin;
import org.apache.hadoop.hbase.client.AsyncConnection;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.client.TableDescriptor;
import org.apache.hadoop.hbase.filter.FirstKeyOnlyFilter;

/** What is done to tables of one cluster. Each call ends within its patience or throws. */
final class Tables {
    private final AsyncConnection connection;
    private final AsyncAdmin admin;
    private final Duration patience;

    Tables(AsyncConnection connection, Duration patience) {
        this.connection = connection;
        this.admin = connection.getAdmin();
        this.patience = patience;
    }

    /** The table bears another mark than the one expected: it is somebody else's. */
    static final class OtherMarkException extends IOException {
        private static final long serialVersionUID = 1L;

        OtherMarkException(TableName table, String expected, String found) {
            super("table \"" + table.getNameWithNamespaceInclAsString() + "\" bears " + text(found) + ", not " + text(expected));
        }

        private static String text(String mark) {
            return mark == null ? "no mark" : "the mark \"" + mark + "\"";
        }
    }

    HBaseCluster cluster() throws IOException {
        ClusterMetrics metrics = metrics(
            EnumSet.of(ClusterMetrics.Option.CLUSTER_ID, ClusterMetrics.Option.HBASE_VERSION, ClusterMetrics.Option.LIVE_SERVERS));
        return new HBaseCluster(
            metrics.getClusterId(), metrics.getHBaseVersion(), metrics.getLiveServerMetrics().size(), metrics.getRegionCount());
    }

    HBaseTable describe(TableName name) throws IOException {
        ClusterMetrics metrics = metrics(EnumSet.of(ClusterMetrics.Option.CLUSTER_ID, ClusterMetrics.Option.SERVERS_NAME));
        TableDescriptor table;
        try {
            table = await(admin.getDescriptor(name));
        } catch (TableNotFoundException e) {
            return new HBaseTable(metrics.getClusterId(), null);
        }
        boolean isEnabled = await(admin.isTableEnabled(name));
        long regions = await(admin.getRegions(name)).size();
        long bytes = 0;
        for (ServerName server : metrics.getServersName()) {
            for (RegionMetrics region : await(admin.getRegionMetrics(server, name))) {
                bytes += (long) region.getStoreFileSize().get(Size.Unit.BYTE);
            }
        }
        return new HBaseTable(metrics.getClusterId(), Descriptors.answer(table, isEnabled, regions, bytes));
    }

    /** Those of the families that hold a cell that a reader would see. */
    HBaseContents contents(TableName name, List<String> families) throws IOException {
        TableDescriptor table = await(admin.getDescriptor(name));
        List<String> filled = new ArrayList<>();
        for (String family : families) {
            byte[] bytes = family.getBytes(StandardCharsets.UTF_8);
            Scan first = new Scan().addFamily(bytes).setOneRowLimit().setCacheBlocks(false).setFilter(new FirstKeyOnlyFilter());
            if (table.hasColumnFamily(bytes) && !await(connection.getTable(name).scanAll(first)).isEmpty()) {
                filled.add(family);
            }
        }
        return new HBaseContents(filled);
    }

    /** Makes the table, and its namespace where that is not there. */
    void create(HBaseRequest request) throws IOException {
        TableDescriptor table = Descriptors.created(request);
        byte[][] splits = Descriptors.splitsOf(request);
        makeNamespace(table.getTableName().getNamespaceAsString());
        await(splits == null ? admin.createTable(table) : admin.createTable(table, splits));
    }

    private void makeNamespace(String namespace) throws IOException {
        try {
            await(admin.getNamespaceDescriptor(namespace));
        } catch (NamespaceNotFoundException e) {
            try {
                await(admin.createNamespace(NamespaceDescriptor.create(namespace).build()));
            } catch (NamespaceExistException another) {
                return; // made by somebody else in between
            }
        }
    }

    /** Brings the table in line, while it is used; a table that is disabled stays so. */
    void alter(HBaseRequest request) throws IOException {
        TableDescriptor current = expected(request);
        TableDescriptor wanted = Descriptors.altered(current, request);
        if (!wanted.equals(current)) {
            await(admin.modifyTable(wanted));
        }
    }

    /** Takes the table away with its data. */
    void drop(HBaseRequest request) throws IOException {
        TableName name = expected(request).getTableName();
        if (await(admin.isTableEnabled(name))) {
            await(admin.disableTable(name));
        }
        await(admin.deleteTable(name));
    }

    private TableDescriptor expected(HBaseRequest request) throws IOException {
        TableName name = Descriptors.nameOf(request);
        TableDescriptor table = await(admin.getDescriptor(name));
        String mark = Descriptors.markOf(table);
        if (!Objects.equals(mark, request.expectedMark())) {
            throw new OtherMarkException(name, request.expectedMark(), mark);
        }
        return table;
    }

    private ClusterMetrics metrics(EnumSet<ClusterMetrics.Option> options) throws IOException {
        return await(admin.getClusterMetrics(options));
    }

    private <T> T await(CompletableFuture<T> answer) throws IOException {
        return Waiting.await(answer, patience);
    }
}
