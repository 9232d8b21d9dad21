package io.openclickstream.profileapi;

import io.openclickstream.model.ConfigException;
import io.openclickstream.model.ConfigNode;
import io.openclickstream.model.ProfileApiDocument;
import io.openclickstream.model.ProfilesEndpoints;
import io.openclickstream.profileapi.server.ProfileApi;
import io.openclickstream.service.Causes;
import io.openclickstream.service.StatusServer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The profile API as a program: {@code FILE [PORT INTERNAL_PORT]}, the file being {@code profile-api.json}. Runs until it is stopped. */
public final class ProfileApiMain {
    private static final Logger LOG = LoggerFactory.getLogger(ProfileApiMain.class);
    private static final int WITH_PORTS = 3;
    private static final int REQUEST_SECONDS = 10;

    private ProfileApiMain() {
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 1 && arguments.length != WITH_PORTS) {
            System.err.println("usage: ProfileApiMain FILE [PORT INTERNAL_PORT]");
            System.exit(2);
        }
        try {
            run(arguments);
        } catch (ConfigException e) {
            LOG.error("{}", e.getMessage());
            Causes.leaveTerminationMessage(e.getMessage());
            System.exit(1);
        }
    }

    private static void run(String[] arguments) throws Exception {
        ProfileApiDocument settings = ProfileApiDocument.of(ConfigNode.parse("profile-api.json", Files.readString(Path.of(arguments[0]))));
        boolean hasPorts = arguments.length == WITH_PORTS;
        StatusServer.boundExchanges(REQUEST_SECONDS, REQUEST_SECONDS);
        ProfileApi api = ProfileApi.start(settings, hasPorts ? Integer.parseInt(arguments[1]) : ProfilesEndpoints.HTTP_PORT);
        StatusServer status = StatusServer.start(hasPorts ? Integer.parseInt(arguments[2]) : ProfilesEndpoints.INTERNAL_PORT, api);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            api.close();
            status.close();
        }, "stop"));
        LOG.info("Serving profiles of {}/{} at port {}", settings.pipeline().namespace(), settings.pipeline().name(), api.port());
    }
}
