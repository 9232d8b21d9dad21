package io.openclickstream.profileapi.access;

import java.util.Set;

/**
 * Who asks, known by a token.
 *
 * @param name its name, for limits and logs
 * @param scopes pipelines whose profiles it may read: {@code namespace/pipeline}, {@code namespace/*} or {@code *}
 */
public record Client(String name, Set<String> scopes) {
    /** Takes a copy. */
    public Client {
        scopes = Set.copyOf(scopes);
    }

    /** Whether it may read the profiles of a pipeline. */
    boolean mayRead(String namespace, String pipeline) {
        return scopes.contains("*") || scopes.contains(namespace + "/*") || scopes.contains(namespace + "/" + pipeline);
    }
}
