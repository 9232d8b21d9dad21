package io.openclickstream.batch;

/** What the command line names by its first word. */
interface Program {
    /**
     * How it ended.
     *
     * @param code the exit code
     * @param result one line of JSON
     */
    record End(int code, String result) {
    }

    /** Reads the words, of which the first is its name, and does its work. */
    End run(String[] words) throws Exception;

    /** The result when an exception came out of that. */
    String failed(String message);
}
