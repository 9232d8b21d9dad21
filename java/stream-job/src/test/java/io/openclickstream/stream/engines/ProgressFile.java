package io.openclickstream.stream.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.spark.sql.streaming.StreamingQueryListener;

/** Writes Spark's own figures of each batch, one JSON object a line, into the file that the system property "progress.file" names. */
public final class ProgressFile extends StreamingQueryListener {
    private final Path file = Path.of(System.getProperty("progress.file"));

    @Override
    public void onQueryStarted(QueryStartedEvent event) {
        // Tells nothing yet.
    }

    @Override
    public void onQueryProgress(QueryProgressEvent event) {
        try {
            Files.writeString(file, event.progress().json() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void onQueryTerminated(QueryTerminatedEvent event) {
        // The job says why it ends.
    }
}
