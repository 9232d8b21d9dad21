package io.openclickstream.stream.profile;

import io.openclickstream.profiles.ProfileCell;
import io.openclickstream.profiles.RowKeys;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.CheckAndMutate;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.util.Bytes;

/** The table of the profiles in HBase. A write has come to stay when its call returns. Not thread-safe. */
final class ProfileTable implements ProfileCells, Closeable {
    private static final byte[] CURSOR_FAMILY = Bytes.toBytes(RowKeys.CURSOR_FAMILY);
    private static final byte[] NEXT = Bytes.toBytes("next");
    private static final byte[] WRITER = Bytes.toBytes("writer");

    private final Connection connection;
    private final Table table;
    private final byte[] writer;

    private ProfileTable(Connection connection, Table table, byte[] writer) {
        this.connection = connection;
        this.table = table;
        this.writer = writer;
    }

    /**
     * Connects, and makes this writer the table's only one: the cursor of one that came before does not move any more.
     *
     * @param bootstrapServers {@code host:port}s with commas between them
     * @param name {@code namespace:name}
     * @param writer another text for each writer
     */
    static ProfileTable open(String bootstrapServers, String name, String writer) throws IOException {
        Connection connection = ConnectionFactory.createConnection(configuration(bootstrapServers));
        try {
            Table table = connection.getTable(TableName.valueOf(name));
            ProfileTable opened = new ProfileTable(connection, table, Bytes.toBytes(writer));
            table.put(new Put(RowKeys.cursor()).addColumn(CURSOR_FAMILY, WRITER, opened.writer));
            return opened;
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static Configuration configuration(String servers) {
        Configuration configuration = HBaseConfiguration.create();
        configuration.set("hbase.client.registry.impl", "org.apache.hadoop.hbase.client.RpcConnectionRegistry");
        configuration.set("hbase.client.bootstrap.servers", servers);
        configuration.setInt("hbase.ipc.client.socket.timeout.connect", 2_000);
        configuration.setInt("hbase.rpc.timeout", 10_000);
        configuration.setInt("hbase.client.operation.timeout", 30_000);
        configuration.setInt("hbase.client.meta.operation.timeout", 20_000);
        // The stage itself tries again, and says meanwhile what it waits for.
        configuration.setInt("hbase.client.retries.number", 5);
        return configuration;
    }

    /** How far the profiles are; the start in an empty table. */
    Cursor cursor() throws IOException {
        byte[] value = table.get(new Get(RowKeys.cursor()).addColumn(CURSOR_FAMILY, NEXT)).getValue(CURSOR_FAMILY, NEXT);
        return value == null ? Cursor.START : Cursor.parse(value);
    }

    /** Says how far the profiles are. Fails when another writer has taken the table over. */
    void advance(Cursor cursor) throws IOException {
        Put put = new Put(RowKeys.cursor()).addColumn(CURSOR_FAMILY, NEXT, cursor.json());
        if (!table.checkAndMutate(
            CheckAndMutate.newBuilder(RowKeys.cursor()).ifEquals(CURSOR_FAMILY, WRITER, writer).build(put)).isSuccess()) {
            throw otherWriter();
        }
    }

    /** Fails when another writer has taken the table over. */
    void requireOnlyWriter() throws IOException {
        byte[] found = table.get(new Get(RowKeys.cursor()).addColumn(CURSOR_FAMILY, WRITER)).getValue(CURSOR_FAMILY, WRITER);
        if (!Bytes.equals(writer, found)) {
            throw otherWriter();
        }
    }

    private IOException otherWriter() {
        return new IOException("another stream job has taken over table " + table.getName() + ": only one may write it");
    }

    @Override
    public List<byte[]> values(List<byte[]> keys, String family, String qualifier) throws IOException {
        byte[] familyBytes = Bytes.toBytes(family);
        byte[] qualifierBytes = Bytes.toBytes(qualifier);
        List<Get> gets = keys.stream().map(key -> new Get(key).addColumn(familyBytes, qualifierBytes)).toList();
        List<byte[]> values = new ArrayList<>(keys.size());
        for (Result result : table.get(gets)) {
            values.add(result.getValue(familyBytes, qualifierBytes));
        }
        return values;
    }

    @Override
    public void write(Map<byte[], List<ProfileCell>> rows) throws IOException {
        List<Put> puts = new ArrayList<>(rows.size());
        rows.forEach((key, cells) -> {
            Put put = new Put(key);
            for (ProfileCell cell : cells) {
                put.addColumn(Bytes.toBytes(cell.family()), Bytes.toBytes(cell.qualifier()), cell.timestamp(), cell.value());
            }
            puts.add(put);
        });
        table.put(puts);
    }

    @Override
    public void close() throws IOException {
        try (connection) {
            table.close();
        }
    }
}
