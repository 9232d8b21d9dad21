package io.openclickstream.profileapi.read;

import io.openclickstream.profiles.VisitorProfile;
import java.util.List;

/**
 * What was found of an identifier.
 *
 * @param id the identifier that was asked for
 * @param mergedInto the user whose profile this is; null for a visitor of its own
 * @param visitors the visitors that the profile is of
 * @param versions the profile, the newest version first; never empty
 */
public record Found(String id, String mergedInto, List<String> visitors, List<Version> versions) {
    /** Takes copies. */
    public Found {
        visitors = List.copyOf(visitors);
        versions = List.copyOf(versions);
    }

    /**
     * A profile as of a time.
     *
     * @param at when it became so, in milliseconds since the epoch
     * @param profile how it was from then on
     */
    public record Version(long at, VisitorProfile profile) {
    }
}
