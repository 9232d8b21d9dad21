package io.openclickstream.profiles;

/** A campaign, and the event by which it was seen. */
public record Touch(Moment at, Campaign campaign) {
    static Touch earlier(Touch one, Touch other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.at.compareTo(other.at) <= 0 ? one : other;
    }

    static Touch later(Touch one, Touch other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.at.compareTo(other.at) >= 0 ? one : other;
    }
}
