package io.openclickstream.flight.server;

import io.openclickstream.flight.access.Login;
import io.openclickstream.flight.access.Sealed;
import io.openclickstream.flight.access.Users;
import io.openclickstream.flight.direct.DirectStream;
import io.openclickstream.flight.direct.DirectTables;
import io.openclickstream.flight.query.Figures;
import io.openclickstream.flight.query.Leases;
import io.openclickstream.flight.query.Metadata;
import io.openclickstream.flight.query.Statements;
import io.openclickstream.flight.query.TrinoStream;
import io.openclickstream.flight.trino.TrinoClient;
import io.openclickstream.lake.CatalogSettings;
import io.openclickstream.lake.LakeCatalog;
import io.openclickstream.lake.StorageSettings;
import io.openclickstream.lake.TrustedAuthorities;
import io.openclickstream.model.ConfigException;
import io.openclickstream.model.FlightDocument;
import io.openclickstream.service.GracefulStop;
import io.openclickstream.service.MetricsText;
import io.openclickstream.service.ServiceStatus;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.catalog.Catalog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gateway put together and running. */
public final class Gateway implements ServiceStatus, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final Duration PATIENCE = Duration.ofSeconds(25);
    private static final long MEBIBYTE = 1 << 20;
    private static final int MOST_INBOUND = 16 << 20;

    private final BufferAllocator allocator;
    private final TrinoClient trino;
    private final Figures figures = new Figures();
    private final Leases leases;
    private final FlightServer server;
    private final ExecutorService ahead = Executors.newCachedThreadPool(daemon("trino-pages"));
    private final ScheduledExecutorService clockwork = Executors.newScheduledThreadPool(2, daemon("clockwork"));
    /** Trino's last answer: who asks after readiness must not wait for one. */
    private volatile String unreadyBecause = "Trino was not asked yet";
    private volatile boolean isStopping;

    private Gateway(FlightDocument document, int port) throws IOException {
        FlightDocument.Limits limits = document.limits();
        Clock clock = Clock.systemUTC();
        this.allocator = new RootAllocator(limits.memoryMebibytes() * MEBIBYTE);
        this.trino = new TrinoClient(uri(document.trino().uri()));
        this.leases = new Leases((int) limits.queries(), clock);
        Sealed sealed = new Sealed(signingKey(document.signingKeyFile()));
        Users users = document.usersFile() == null ? Users.believed() : Users.of(Path.of(document.usersFile()));
        Statements statements = new Statements(trino, leases, sealed, clock, Duration.ofSeconds(limits.ticketSeconds()));
        TrinoStream stream = new TrinoStream(trino, allocator, figures, ahead,
            new TrinoStream.Limits(limits.batchBytes(), limits.idleSeconds() * 1000));
        Queries queries = new Queries(statements, stream, direct(document, statements), leases, sealed, clock, allocator,
            Duration.ofSeconds(limits.ticketSeconds()));
        GatewayProducer producer = new GatewayProducer(queries, new Metadata(statements), new Replies(allocator),
            new GatewayProducer.Defaults(document.trino().catalog(), document.trino().schema()));
        FlightServer.Builder builder = FlightServer.builder(allocator, location(document.tls(), port), producer)
            .headerAuthenticator(new Login(users, sealed, Duration.ofSeconds(limits.tokenSeconds()), clock))
            .middleware(SessionOptions.KEY, SessionOptions.factory(sealed))
            .maxInboundMessageSize(MOST_INBOUND);
        if (document.tls().certificateFile() != null) {
            Certificates.use(builder, document.tls());
        }
        this.server = builder.build();
    }

    private Queries.Direct direct(FlightDocument document, Statements statements) {
        FlightDocument.Direct direct = document.direct();
        if (direct.catalog().uri() == null) {
            return new Queries.Direct(null, null);
        }
        FlightDocument.Direct.Catalog its = direct.catalog();
        if (its.name() == null || direct.storage().region() == null) {
            throw new ConfigException("\"direct.catalog.name\" and \"direct.storage.region\" must be given with \"direct.catalog.uri\"");
        }
        TrustedAuthorities.add(direct.authorityFiles().stream().map(Path::of).toList());
        CatalogSettings.Client client = its.client().scope() == null ? null
            : new CatalogSettings.Client(its.client().serverUri(), its.client().scope());
        Catalog catalog = LakeCatalog.connect(
            new CatalogSettings(its.name(), its.uri(), its.warehouse(), its.prefix(), client),
            new StorageSettings(direct.storage().endpoint(), direct.storage().region(), direct.storage().pathStyle()), new Configuration());
        DirectTables tables = new DirectTables(its.name(), catalog, statements, figures);
        return new Queries.Direct(tables,
            new DirectStream(tables, figures, document.limits().batchBytes(), document.limits().idleSeconds() * 1000));
    }

    /** Starts to listen; port 0 takes any free one. Throws when a file that the document names cannot be used. */
    public static Gateway start(FlightDocument document, int port) throws IOException {
        Gateway gateway = new Gateway(document, port);
        gateway.server.start();
        gateway.clockwork.scheduleWithFixedDelay(gateway::endUnread, 1, 1, TimeUnit.SECONDS);
        gateway.clockwork.scheduleWithFixedDelay(gateway::askTrino, 0, 2, TimeUnit.SECONDS);
        return gateway;
    }

    /** A failure must not end the clockwork. */
    private void endUnread() {
        try {
            leases.endUnread(trino, figures);
        } catch (RuntimeException e) {
            LOG.error("The queries whose ticket nobody read cannot be ended, trying again", e);
        }
    }

    private void askTrino() {
        try {
            unreadyBecause = trino.unreadyBecause();
        } catch (RuntimeException e) {
            LOG.error("Trino cannot be asked whether it is ready, trying again", e);
        }
    }

    private static Location location(FlightDocument.Tls tls, int port) {
        return tls.certificateFile() == null ? Location.forGrpcInsecure("0.0.0.0", port) : Location.forGrpcTls("0.0.0.0", port);
    }

    private static URI uri(String text) {
        try {
            URI uri = URI.create(text);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            LOG.debug("No URI", e);
        }
        throw new ConfigException("\"trino.uri\" must be a URL such as http://host:port, not \"" + text + "\"");
    }

    private static byte[] signingKey(String file) {
        if (file == null) {
            byte[] key = new byte[Sealed.LEAST_KEY_BYTES];
            new SecureRandom().nextBytes(key);
            return key;
        }
        try {
            byte[] key = Files.readAllBytes(Path.of(file));
            if (key.length < Sealed.LEAST_KEY_BYTES) {
                throw new ConfigException("\"signingKeyFile\": \"" + file + "\" must have at least " + Sealed.LEAST_KEY_BYTES + " bytes, and has " + key.length);
            }
            return key;
        } catch (IOException e) {
            throw new ConfigException("\"signingKeyFile\": \"" + file + "\" cannot be read: " + e);
        }
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    public int port() {
        return server.getPort();
    }

    @Override
    public String unhealthyBecause() {
        return null;
    }

    @Override
    public String unreadyBecause() {
        return isStopping ? "stopping" : unreadyBecause;
    }

    @Override
    public Object progress() {
        return null;
    }

    @Override
    public String metrics() {
        MetricsText text = new MetricsText("openclickstream_flight_");
        figures.write(text);
        return text.gauge("waiting_tickets", "Queries whose ticket was given out and is not read yet.", leases.waiting())
            .gauge("allocated_bytes", "Memory of record batches.", allocator.getAllocatedMemory() + DirectStream.allocatedBytes())
            .gauge("allocatable_bytes", "Most memory of record batches.", allocator.getLimit())
            .toString();
    }

    /** Takes no calls any more, waits for a while until streams are read, and ends what is left. */
    @Override
    public void close() {
        isStopping = true;
        server.shutdown();
        try {
            boolean isDone = GracefulStop.awaitDone(PATIENCE, () -> figures.open() == 0);
            LOG.info("Stopping, {}", isDone ? "every stream is read" : "with streams open");
            server.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        clockwork.shutdownNow();
        ahead.shutdownNow();
    }
}
