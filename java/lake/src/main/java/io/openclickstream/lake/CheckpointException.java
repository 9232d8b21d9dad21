package io.openclickstream.lake;

/** The checkpoint does not go with the tables or the topic. Only a recovery leads on, and only a person may ask for one. */
public final class CheckpointException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** How the message begins, by which the operator tells it from other failures. */
    public enum Reason {
        /** It is empty, but a job has committed with one. */
        LOST("CheckpointLost"),
        /** It is of another topic, of other tables, or of another time. */
        FOREIGN("CheckpointForeign");

        private final String text;

        Reason(String text) {
            this.text = text;
        }
    }

    public CheckpointException(Reason reason, String message) {
        super(reason.text + ": " + message);
    }
}
