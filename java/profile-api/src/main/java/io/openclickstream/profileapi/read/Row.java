package io.openclickstream.profileapi.read;

import io.openclickstream.profiles.IdentityLinks;
import io.openclickstream.profiles.VisitorProfile;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A row of the table, as far as it was asked for.
 *
 * @param versions profiles by the milliseconds at which they became so; empty where there is none
 * @param knownSince the milliseconds before which the versions are not to be trusted; null where all are
 * @param links what the identifier is tied to; null where nothing is said
 * @param mergedInto the user whom a visitor is merged into; null for none
 */
record Row(NavigableMap<Long, VisitorProfile> versions, Long knownSince, IdentityLinks links, String mergedInto) {
    static final Row EMPTY = new Row(new TreeMap<>(), null, null, null);
}
