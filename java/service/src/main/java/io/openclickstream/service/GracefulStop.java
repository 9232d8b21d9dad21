package io.openclickstream.service;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Stops a service where it costs nothing: when what it is doing is done. */
public final class GracefulStop {
    private static final long POLL_MILLIS = 20;

    private GracefulStop() {
    }

    /** Waits at most so long for the work to be done; false when it took longer. */
    public static boolean awaitDone(Duration patience, BooleanSupplier isDone) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!isDone.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(POLL_MILLIS);
        }
        return true;
    }
}
