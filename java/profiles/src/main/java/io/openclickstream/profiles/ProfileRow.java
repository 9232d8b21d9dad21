package io.openclickstream.profiles;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/**
 * How a visitor's row lies in HBase. Values are JSON.
 * <pre>
 * p:profile  the profile; its versions are the history: each has the time of the event that made it
 * s:state    what further events are taken into, with one version
 * i:links    what identify events tied a visitor or a user to, with one version
 * i:merged_into  the user whom a visitor is merged into, as text, empty for none, with one version; where no event tied the visitor, absent
 * </pre>
 * A user's row has i:links alone.
 */
public final class ProfileRow {
    /** Family of what is read: as many versions as events are kept one by one, and one more. */
    public static final String PROFILE_FAMILY = "p";
    /** Column of the profile. */
    public static final String PROFILE = "profile";
    /** Family of what the stream job needs, with one version. */
    public static final String STATE_FAMILY = "s";
    /** Column of the state. */
    public static final String STATE = "state";
    /** Family of identities, with one version. */
    public static final String IDENTITY_FAMILY = "i";
    /** Column of the links. */
    public static final String LINKS = "links";
    /** Column of the user whom a visitor is merged into. */
    public static final String MERGED_INTO = "merged_into";

    private static final ObjectMapper JSON =
        JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    private ProfileRow() {
    }

    /**
     * The cells to write so that a row that holds the one state holds the other. None takes another's place but with the same time.
     *
     * @return empty when nothing changes
     */
    public static List<ProfileCell> changes(VisitorState before, VisitorState after) {
        if (before.equals(after)) {
            return List.of();
        }
        List<ProfileCell> cells = new ArrayList<>();
        NavigableMap<Long, VisitorProfile> known = before.history();
        NavigableMap<Long, VisitorProfile> history = after.history();
        for (Map.Entry<Long, VisitorProfile> version : history.entrySet()) {
            if (!version.getValue().equals(known.get(version.getKey()))) {
                cells.add(new ProfileCell(PROFILE_FAMILY, PROFILE, version.getKey(), json(version.getValue())));
            }
        }
        // The newest event's time, which never gets less: the newest state is the one that is read, and both end by their families' TTL together.
        cells.add(new ProfileCell(STATE_FAMILY, STATE, history.lastKey(), json(after)));
        return cells;
    }

    /** The cell of a visitor's or a user's links. */
    public static ProfileCell links(IdentityLinks links) {
        return new ProfileCell(IDENTITY_FAMILY, LINKS, VisitorState.millis(links.last()), json(links));
    }

    /** The cell that says whom a visitor with these links is merged into; null for nobody. */
    public static ProfileCell mergedInto(IdentityLinks visitor, String user) {
        byte[] value = (user == null ? "" : user).getBytes(StandardCharsets.UTF_8);
        return new ProfileCell(IDENTITY_FAMILY, MERGED_INTO, VisitorState.millis(visitor.last()), value);
    }

    /** The value of {@link #LINKS}. */
    public static IdentityLinks links(byte[] value) {
        return parse(value, IdentityLinks.class, LINKS);
    }

    /** The value of {@link #PROFILE}. */
    public static VisitorProfile profile(byte[] value) {
        return parse(value, VisitorProfile.class, PROFILE);
    }

    /** The value of {@link #STATE}. */
    public static VisitorState state(byte[] value) {
        return parse(value, VisitorState.class, STATE);
    }

    private static byte[] json(Object value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what is kept can be written as JSON", e);
        }
    }

    private static <T> T parse(byte[] value, Class<T> type, String column) {
        try {
            return JSON.readValue(value, type);
        } catch (IOException e) {
            throw new IllegalArgumentException("a cell of column " + column + " cannot be read: it was written by another program or a newer one", e);
        }
    }
}
