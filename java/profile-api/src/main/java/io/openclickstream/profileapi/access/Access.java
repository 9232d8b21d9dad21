package io.openclickstream.profileapi.access;

import io.openclickstream.profileapi.answer.Problem;
import io.openclickstream.profileapi.answer.ProblemException;

/** Decides who may read the profiles of one pipeline, and how many. */
public final class Access {
    private static final String BEARER = "Bearer ";

    private final Tokens tokens;
    private final Rates rates;
    private final String namespace;
    private final String pipeline;

    /** For the profiles of a pipeline. */
    public Access(Tokens tokens, Rates rates, String namespace, String pipeline) {
        this.tokens = tokens;
        this.rates = rates;
        this.namespace = namespace;
        this.pipeline = pipeline;
    }

    /**
     * The client that a header {@code Authorization} is of; null is no header.
     *
     * @throws ProblemException 401 that is the same whatever is wrong; 403 for a client of other pipelines
     */
    public Client clientOf(String authorization) {
        boolean isBearer = authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
        Client client = isBearer ? tokens.clientOf(authorization.substring(BEARER.length()).strip()) : null;
        if (client == null) {
            throw new ProblemException(Problem.unauthorized());
        }
        if (!client.mayRead(namespace, pipeline)) {
            throw new ProblemException(Problem.forbidden(namespace + "/" + pipeline));
        }
        return client;
    }

    /** Counts profiles that a client reads. */
    public void take(Client client, int profiles) {
        long seconds = rates.take(client.name(), profiles);
        if (seconds > 0) {
            throw new ProblemException(Problem.tooMany(profiles, seconds));
        }
    }

    /** Whether a client that was let in would be let in still. */
    public boolean isStillAllowed(String authorization) {
        try {
            clientOf(authorization);
            return true;
        } catch (ProblemException e) {
            return false;
        }
    }
}
