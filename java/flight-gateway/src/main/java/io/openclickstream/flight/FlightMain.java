package io.openclickstream.flight;

import io.openclickstream.flight.server.Gateway;
import io.openclickstream.model.ConfigException;
import io.openclickstream.model.ConfigNode;
import io.openclickstream.model.FlightDocument;
import io.openclickstream.model.FlightEndpoints;
import io.openclickstream.service.Causes;
import io.openclickstream.service.StatusServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Flight SQL gateway as a program: listens until it is stopped. */
public final class FlightMain {
    private static final Logger LOG = LoggerFactory.getLogger(FlightMain.class);
    private static final String CONFIG = "--config";
    private static final String PORT = "--port";
    private static final String HTTP_PORT = "--http-port";
    private static final String USAGE = "usage: flight-gateway [--config FILE] [--port N] [--http-port N]";
    private static final int REQUEST_SECONDS = 20;
    private static final int RESPONSE_SECONDS = 60;

    private FlightMain() {
    }

    public static void main(String[] arguments) throws IOException {
        try {
            start(options(arguments));
        } catch (ConfigException e) {
            LOG.error("{}", e.getMessage());
            Causes.leaveTerminationMessage(e.getMessage());
            System.exit(1);
        }
    }

    private static Map<String, String> options(String[] arguments) {
        Map<String, String> options = new HashMap<>();
        for (int position = 0; position < arguments.length; position += 2) {
            if (!Set.of(CONFIG, PORT, HTTP_PORT).contains(arguments[position]) || position + 1 == arguments.length) {
                throw new ConfigException("\"" + arguments[position] + "\" is no option, or lacks its value; " + USAGE);
            }
            options.put(arguments[position], arguments[position + 1]);
        }
        return options;
    }

    private static void start(Map<String, String> options) throws IOException {
        StatusServer.boundExchanges(REQUEST_SECONDS, RESPONSE_SECONDS);
        FlightDocument document = document(Path.of(options.getOrDefault(CONFIG, "/etc/flight-gateway/flight.json")));
        Gateway gateway = Gateway.start(document, port(options, PORT, FlightEndpoints.FLIGHT_PORT));
        StatusServer status = StatusServer.start(port(options, HTTP_PORT, FlightEndpoints.HTTP_PORT), gateway);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            gateway.close();
            status.close();
        }, "stop"));
        LOG.info("Serving Flight SQL at port {}, status at port {}", gateway.port(), status.port());
    }

    private static FlightDocument document(Path file) {
        try {
            return FlightDocument.of(ConfigNode.parse(file.getFileName().toString(), Files.readString(file)));
        } catch (IOException e) {
            throw new ConfigException("\"" + file + "\" cannot be read: " + e);
        }
    }

    private static int port(Map<String, String> options, String name, int fallback) {
        String given = options.get(name);
        if (given != null && !given.matches("[0-9]{1,5}")) {
            throw new ConfigException("\"" + name + "\" must be a port, not \"" + given + "\"; " + USAGE);
        }
        return given == null ? fallback : Integer.parseInt(given);
    }
}
