package io.openclickstream.hbase;

import io.openclickstream.model.HbaseEndpoints;
import io.openclickstream.service.StatusServer;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The administration of HBase as a program: listens until it is stopped, at the port of its pods or at the one that is its argument. */
public final class HBaseAdminMain {
    private static final Logger LOG = LoggerFactory.getLogger(HBaseAdminMain.class);
    private static final int CONNECTIONS = 16;
    private static final int REQUEST_SECONDS = 20;
    private static final int RESPONSE_SECONDS = 60;

    private HBaseAdminMain() {
    }

    public static void main(String[] arguments) throws IOException {
        StatusServer.boundExchanges(REQUEST_SECONDS, RESPONSE_SECONDS);
        int port = arguments.length == 0 ? HbaseEndpoints.HTTP_PORT : Integer.parseInt(arguments[0]);
        Clusters clusters = new Clusters();
        AdminService service = new AdminService(clusters);
        StatusServer server = StatusServer.start(port, service, CONNECTIONS, service.paths());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.close();
            clusters.close();
        }, "stop"));
        LOG.info("Looking after tables of HBase at port {}", server.port());
    }
}
