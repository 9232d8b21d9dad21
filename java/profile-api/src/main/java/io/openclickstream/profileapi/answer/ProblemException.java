package io.openclickstream.profileapi.answer;

/** Ends the work on a request with a problem. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    /** With what is answered. */
    public ProblemException(Problem problem) {
        // The place in the code is of no use to anybody, and costs more than the answer.
        super(problem.title(), null, false, false);
        this.problem = problem;
    }

    /** What is answered. */
    public Problem problem() {
        return problem;
    }
}
