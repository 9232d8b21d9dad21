package io.openclickstream.flight.server;

import io.openclickstream.model.ConfigException;
import io.openclickstream.model.FlightDocument;
import java.io.File;
import java.io.IOException;
import org.apache.arrow.flight.FlightServer;

/** With what clients connect over TLS. */
final class Certificates {
    private Certificates() {
    }

    static void use(FlightServer.Builder builder, FlightDocument.Tls tls) throws IOException {
        if (tls.keyFile() == null) {
            throw new ConfigException("\"tls.keyFile\" must be given with \"tls.certificateFile\"");
        }
        builder.useTls(new File(tls.certificateFile()), new File(tls.keyFile()));
    }
}
