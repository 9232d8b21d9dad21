package io.openclickstream.hbase;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.client.AsyncAdmin;
import org.apache.hadoop.hbase.client.AsyncConnection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connections to clusters by their bootstrap servers: made when first asked for, the ones that were not used for longest closed first. */
final class Clusters implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Clusters.class);
    private static final int MOST = 16;

    private final Map<String, AsyncConnection> connections = new LinkedHashMap<>(MOST, 0.75f, true);

    /** The administration of a cluster. */
    AsyncAdmin admin(List<String> bootstrapServers, Duration patience) throws IOException {
        return connection(String.join(",", bootstrapServers), patience).getAdmin();
    }

    /** Another connection is made the next time: this one may know of servers that are no more. */
    void forget(List<String> bootstrapServers) {
        AsyncConnection connection;
        synchronized (connections) {
            connection = connections.remove(String.join(",", bootstrapServers));
        }
        if (connection != null) {
            close(connection);
        }
    }

    private AsyncConnection connection(String servers, Duration patience) throws IOException {
        synchronized (connections) {
            AsyncConnection held = connections.get(servers);
            if (held != null) {
                return held;
            }
        }
        AsyncConnection made = Waiting.await(ConnectionFactory.createAsyncConnection(configuration(servers)), patience);
        List<AsyncConnection> superfluous = new ArrayList<>();
        synchronized (connections) {
            AsyncConnection other = connections.put(servers, made);
            if (other != null) {
                superfluous.add(other);
            }
            if (connections.size() > MOST) {
                String eldest = connections.keySet().iterator().next();
                superfluous.add(connections.remove(eldest));
            }
        }
        superfluous.forEach(Clusters::close);
        return made;
    }

    private static Configuration configuration(String servers) {
        Configuration configuration = HBaseConfiguration.create();
        // ZooKeeper is the cluster's own affair since HBase 2.6: its servers say where everything is.
        configuration.set("hbase.client.registry.impl", "org.apache.hadoop.hbase.client.RpcConnectionRegistry");
        configuration.set("hbase.client.bootstrap.servers", servers);
        configuration.setInt("hbase.ipc.client.socket.timeout.connect", 2_000);
        configuration.setInt("hbase.rpc.timeout", 10_000);
        configuration.setInt("hbase.client.operation.timeout", 20_000);
        configuration.setInt("hbase.client.meta.operation.timeout", 20_000);
        configuration.setInt("hbase.client.retries.number", 5);
        return configuration;
    }

    @Override
    public void close() {
        List<AsyncConnection> all;
        synchronized (connections) {
            all = List.copyOf(connections.values());
            connections.clear();
        }
        all.forEach(Clusters::close);
    }

    private static void close(AsyncConnection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            LOG.warn("A connection could not be closed", e);
        }
    }
}
