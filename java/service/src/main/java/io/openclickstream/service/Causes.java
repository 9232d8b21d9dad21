package io.openclickstream.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in one line why a job or a service failed. */
public final class Causes {
    private static final Logger LOG = LoggerFactory.getLogger(Causes.class);
    private static final int MAX_LENGTH = 1000;
    private static final String DEFAULT_TERMINATION_LOG = "/dev/termination-log";

    private Causes() {
    }

    /** The root cause; the exceptions around it hold the query's plan, which hides everything else. */
    public static Throwable root(Throwable error) {
        Throwable root = error;
        Set<Throwable> seen = new LinkedHashSet<>();
        while (root.getCause() != null && seen.add(root)) {
            root = root.getCause();
        }
        return root;
    }

    /** The first line of the root cause's message, which is what a person can act on. */
    public static String describe(Throwable error) {
        Throwable root = root(error);
        String message = root.getMessage() == null ? "" : root.getMessage().strip().split("\n", 2)[0];
        String line = message.isEmpty() ? root.getClass().getName() : message;
        boolean speaksForItself = root instanceof IllegalStateException;
        String text = speaksForItself ? line : root.getClass().getSimpleName() + ": " + line;
        return text.substring(0, Math.min(text.length(), MAX_LENGTH));
    }

    /** Kubernetes shows the file's content as the container's termination message. */
    public static void leaveTerminationMessage(String message) {
        Path file = Path.of(System.getenv().getOrDefault("TERMINATION_LOG", DEFAULT_TERMINATION_LOG));
        if (!Files.isWritable(file)) {
            return;
        }
        try {
            Files.writeString(file, message);
        } catch (IOException e) {
            LOG.warn("The termination message cannot be written", e);
        }
    }
}
