package io.openclickstream.stream.rows;

import io.openclickstream.model.Unicode;
import io.openclickstream.stream.parse.Digests;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Identifiers as senders mean them. What programs write for want of one, such as {@code undefined}, is none: it would make one
 * visitor of all, and duplicates of their events.
 */
final class Identifiers {
    private final Set<String> absent;

    /** The words that stand for no identifier; small and capital letters are the same. */
    Identifiers(Collection<String> absent) {
        this.absent = absent.stream().map(Identifiers::folded).collect(Collectors.toUnmodifiableSet());
    }

    /** The identifier, or null. One that is not valid Unicode is repaired, and a digest of what was sent distinguishes it. */
    String of(String sent) {
        if (sent == null || sent.isBlank() || absent.contains(folded(sent))) {
            return null;
        }
        return Unicode.isValid(sent) ? sent : Unicode.mended(sent) + "~" + Digests.identifier(sent);
    }

    private static String folded(String id) {
        return id.strip().toLowerCase(Locale.ROOT);
    }
}
