package io.openclickstream.batch;

import io.openclickstream.model.ConfigException;
import io.openclickstream.service.Causes;
import java.util.concurrent.Callable;

/** A step of a run that failed; its message names the step and the root cause. */
final class StepException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private StepException(String step, Exception cause) {
        super(step + ": " + Causes.describe(cause), cause);
    }

    /** What a person can act on: the step with the root cause, or the root cause. */
    static String describe(Exception e) {
        return e instanceof StepException ? e.getMessage() : Causes.describe(e);
    }

    /** Does a step, and says which it was when it fails; a wrong document says that itself. */
    static <T> T in(String step, Callable<T> action) {
        try {
            return action.call();
        } catch (StepException | ConfigException e) {
            throw e;
        } catch (Exception e) {
            throw new StepException(step, e);
        }
    }

    /** Does a step that gives nothing. */
    static void during(String step, Runnable action) {
        in(step, () -> {
            action.run();
            return null;
        });
    }
}
