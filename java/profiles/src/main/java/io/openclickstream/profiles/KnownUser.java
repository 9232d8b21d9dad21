package io.openclickstream.profiles;

/** The user that a visitor signed in as, and the last event that said so. */
public record KnownUser(Moment at, String id) {
    static KnownUser later(KnownUser one, KnownUser other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.at.compareTo(other.at) >= 0 ? one : other;
    }
}
