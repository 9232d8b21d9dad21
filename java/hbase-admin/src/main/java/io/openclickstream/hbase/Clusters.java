package io.openclickstream.hbase;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.client.AsyncConnection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connections to clusters: made when first asked for, the ones that were not used for longest closed first. */
final class Clusters implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Clusters.class);
    private static final int MOST = 16;

    private final Map<Access, Held> connections = new LinkedHashMap<>(MOST, 0.75f, true);

    private record Held(AsyncConnection connection, Login login) {
    }

    /** The connection to a cluster. */
    AsyncConnection connection(Access access, Duration patience) throws IOException {
        Held held;
        synchronized (connections) {
            held = connections.get(access);
        }
        if (held == null) {
            held = made(access, patience);
        } else {
            held.login().renew();
        }
        return held.connection();
    }

    /** Another connection is made the next time: this one may know of servers that are no more. */
    void forget(Access access) {
        Held held;
        synchronized (connections) {
            held = connections.remove(access);
        }
        if (held != null) {
            close(held);
        }
    }

    private Held made(Access access, Duration patience) throws IOException {
        Held made = connect(Login.to(access, configuration(access)), patience);
        List<Held> superfluous = new ArrayList<>();
        synchronized (connections) {
            Held other = connections.put(access, made);
            if (other != null) {
                superfluous.add(other);
            }
            if (connections.size() > MOST) {
                Access eldest = connections.keySet().iterator().next();
                superfluous.add(connections.remove(eldest));
            }
        }
        superfluous.forEach(Clusters::close);
        return made;
    }

    private static Held connect(Login login, Duration patience) throws IOException {
        try {
            return new Held(Waiting.await(ConnectionFactory.createAsyncConnection(login.configuration(), login.user()), patience), login);
        } catch (IOException | RuntimeException e) {
            login.close();
            throw e;
        }
    }

    private static Configuration configuration(Access access) {
        Configuration configuration = HBaseConfiguration.create();
        // ZooKeeper is the cluster's own affair since HBase 2.6: its servers say where everything is.
        configuration.set("hbase.client.registry.impl", "org.apache.hadoop.hbase.client.RpcConnectionRegistry");
        configuration.set("hbase.client.bootstrap.servers", String.join(",", access.bootstrapServers()));
        configuration.setInt("hbase.ipc.client.socket.timeout.connect", 2_000);
        configuration.setInt("hbase.rpc.timeout", 10_000);
        configuration.setInt("hbase.client.operation.timeout", 20_000);
        configuration.setInt("hbase.client.meta.operation.timeout", 20_000);
        configuration.setInt("hbase.client.retries.number", 5);
        return configuration;
    }

    @Override
    public void close() {
        List<Held> all;
        synchronized (connections) {
            all = List.copyOf(connections.values());
            connections.clear();
        }
        all.forEach(Clusters::close);
    }

    private static void close(Held held) {
        try {
            held.connection().close();
        } catch (IOException e) {
            LOG.warn("A connection could not be closed", e);
        } finally {
            held.login().close();
        }
    }
}
