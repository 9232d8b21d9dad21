import java.io.IOException;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.ResultScanner;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.util.Bytes;

/**
 * Writes numbered rows one after the other, each until it is acknowledged, and prints each acknowledged number in a line; or counts which numbers
 * up to one are missing. For tests: {@code HBaseWriter SERVER TABLE FAMILY write}, {@code HBaseWriter SERVER TABLE FAMILY missing LAST}.
 */
public final class HBaseWriter {
    private static final byte[] COLUMN = Bytes.toBytes("n");

    private HBaseWriter() {
    }

    public static void main(String[] arguments) throws Exception {
        Configuration configuration = HBaseConfiguration.create();
        configuration.set("hbase.client.registry.impl", "org.apache.hadoop.hbase.client.RpcConnectionRegistry");
        configuration.set("hbase.client.bootstrap.servers", arguments[0]);
        configuration.setInt("hbase.rpc.timeout", 3_000);
        configuration.setInt("hbase.client.operation.timeout", 6_000);
        TableName name = TableName.valueOf(arguments[1]);
        byte[] family = Bytes.toBytes(arguments[2]);
        if (arguments[3].equals("write")) {
            write(configuration, name, family);
        } else {
            System.out.println("missing " + missing(configuration, name, Integer.parseInt(arguments[4])));
        }
    }

    private static void write(Configuration configuration, TableName name, byte[] family) throws InterruptedException {
        for (int number = 0; ; ) {
            try (Connection connection = ConnectionFactory.createConnection(configuration); Table table = connection.getTable(name)) {
                while (true) {
                    table.put(new Put(key(number)).addColumn(family, COLUMN, Bytes.toBytes(number)));
                    System.out.println(number);
                    number++;
                }
            } catch (IOException e) {
                TimeUnit.MILLISECONDS.sleep(100); // the server is away; the same row again
            }
        }
    }

    private static int missing(Configuration configuration, TableName name, int last) throws IOException {
        BitSet found = new BitSet();
        try (Connection connection = ConnectionFactory.createConnection(configuration); Table table = connection.getTable(name);
            ResultScanner rows = table.getScanner(new Scan().setCaching(1000))) {
            for (Result row : rows) {
                found.set(Bytes.toInt(row.value()));
            }
        }
        return last + 1 - found.get(0, last + 1).cardinality();
    }

    /** The first bytes differ from row to row, so that all regions are written. */
    private static byte[] key(int number) {
        return Bytes.add(new byte[] {(byte) (number * 37)}, Bytes.toBytes(number));
    }
}
