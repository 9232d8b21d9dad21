package io.openclickstream.profileapi.server;

import io.openclickstream.model.ConfigException;
import io.openclickstream.model.ProfileApiDocument;
import io.openclickstream.model.ProfileApiDocument.Limits;
import io.openclickstream.profileapi.access.Access;
import io.openclickstream.profileapi.access.Rates;
import io.openclickstream.profileapi.access.Tokens;
import io.openclickstream.profileapi.answer.ArrowProfiles;
import io.openclickstream.profileapi.read.HBaseRows;
import io.openclickstream.profileapi.read.ProfileReader;
import io.openclickstream.service.ServiceStatus;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service: listens, looks after HBase, files and streams, and stops when what was asked is answered. */
public final class ProfileApi implements ServiceStatus, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProfileApi.class);
    private static final int THREADS = 16;
    private static final int CONNECTIONS = 4_000;
    private static final long ARROW_BYTES = 64L << 20;
    private static final int PROBE_SECONDS = 2;
    private static final int FILE_SECONDS = 5;
    private static final long STOP_MILLIS = 15_000;
    private static final int HEADER_BYTES = 8 << 10;

    private final HBaseRows rows;
    private final Tokens tokens;
    private final Figures figures = new Figures();
    private final ArrowProfiles arrow = new ArrowProfiles(ARROW_BYTES);
    private final Streams streams;
    private final Server server;
    private final ServerConnector connector;
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2, task -> {
        Thread thread = new Thread(task, "clock");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean isStopping;

    private ProfileApi(ProfileApiDocument settings, int port) throws IOException, GeneralSecurityException {
        Limits limits = settings.limits();
        if (limits.burst() < Math.max(limits.batchIds(), limits.history())) {
            throw new ConfigException("profile-api.json: \"limits.burst\" must be at least limits.batchIds and limits.history, or no client could ask for as many");
        }
        String namespace = settings.pipeline().namespace();
        String pipeline = settings.pipeline().name();
        tokens = new Tokens(Path.of(settings.tokensFile()));
        rows = new HBaseRows(
            settings.hbase().bootstrapServers(), settings.hbase().table(), namespace + "/" + pipeline, Duration.ofSeconds(limits.requestSeconds()));
        ProfileReader reader = rows.reader();
        Access access = new Access(tokens, new Rates(limits.requestsPerSecond(), limits.burst(), System::nanoTime), namespace, pipeline);
        streams = new Streams(reader, access, figures, limits.streams(), Duration.ofSeconds(limits.heartbeatSeconds()));
        QueuedThreadPool threads = new QueuedThreadPool(THREADS);
        threads.setName("http");
        server = new Server(threads);
        connector = connector(settings);
        connector.setPort(port);
        // A client that neither sends nor reads holds its connection no longer; a stream writes more often.
        connector.setIdleTimeout(TimeUnit.SECONDS.toMillis(Math.max(limits.requestSeconds(), 2 * limits.heartbeatSeconds()) + 1));
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(CONNECTIONS, server));
        server.setErrorHandler(new Replies.Errors());
        server.setStopTimeout(STOP_MILLIS);
        server.setHandler(new GracefulHandler(new ApiHandler(new ApiHandler.Parts(limits, access, reader, streams, arrow, figures))));
    }

    /** Listens at a port; 0 takes any free one. Answers 503 until HBase is there. */
    public static ProfileApi start(ProfileApiDocument settings, int port) throws Exception {
        ProfileApi api = new ProfileApi(settings, port);
        api.tokens.readAgain();
        api.server.start();
        api.again(api.rows::probe, TimeUnit.SECONDS.toMillis(PROBE_SECONDS));
        api.again(api.tokens::readAgain, TimeUnit.SECONDS.toMillis(FILE_SECONDS));
        api.again(api.streams::look, settings.limits().pollMillis());
        return api;
    }

    /** Does something again and again, whatever it throws: the clock itself would drop the task without a word. */
    private void again(Runnable task, long millis) {
        clock.scheduleWithFixedDelay(() -> {
            try {
                task.run();
            } catch (RuntimeException | LinkageError e) {
                LOG.error("What is done every {} ms failed", millis, e);
            }
        }, 0, millis, TimeUnit.MILLISECONDS);
    }

    private ServerConnector connector(ProfileApiDocument settings) throws IOException, GeneralSecurityException {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        // An identifier may have any character, escaped: paths name rows and not files.
        http.setUriCompliance(UriCompliance.UNSAFE);
        if (settings.tls().certificateFile() == null) {
            return new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        }
        if (settings.tls().keyFile() == null) {
            throw new ConfigException("profile-api.json: \"tls.keyFile\" must be given where tls.certificateFile is");
        }
        SecureRequestCustomizer secure = new SecureRequestCustomizer();
        secure.setSniHostCheck(false);
        http.addCustomizer(secure);
        Certificates certificates = new Certificates(Path.of(settings.tls().certificateFile()), Path.of(settings.tls().keyFile()));
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setKeyStore(certificates.changed());
        tls.setKeyStorePassword(Certificates.PASSWORD);
        again(() -> renew(tls, certificates), TimeUnit.SECONDS.toMillis(FILE_SECONDS));
        return new ServerConnector(server, 1, 1, new SslConnectionFactory(tls, "http/1.1"), new HttpConnectionFactory(http));
    }

    private static void renew(SslContextFactory.Server tls, Certificates certificates) {
        try {
            KeyStore store = certificates.changed();
            if (store != null) {
                tls.reload(factory -> factory.setKeyStore(store));
                LOG.info("A new certificate is used");
            }
        } catch (Exception e) {
            LOG.warn("The certificate cannot be read, the one known goes on: {}", e.toString());
        }
    }

    /** The port it listens at. */
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public String unhealthyBecause() {
        return null;
    }

    @Override
    public String unreadyBecause() {
        if (isStopping) {
            return "stopping";
        }
        return tokens.isEmpty() ? "no client is known: the file of tokens has no valid line" : rows.problem();
    }

    @Override
    public Object progress() {
        return null;
    }

    @Override
    public String metrics() {
        return figures.metrics(rows.problem() == null);
    }

    /** Takes no more requests, ends the streams, and waits for the answers that are under way. */
    @Override
    public void close() {
        isStopping = true;
        streams.close();
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("Not all requests were answered at the end: {}", e.toString());
        }
        clock.shutdownNow();
        rows.close();
        arrow.close();
    }
}
