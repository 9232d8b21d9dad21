package io.openclickstream.profiles;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.HexFormat;

/**
 * What a profile takes from one event.
 *
 * @param at when it happened, and which it is
 * @param type its type
 * @param opensSession whether it is the first event of its session; as each session has exactly one, counting them counts the sessions
 * @param page the address of a viewed page, else null
 * @param title that page's title, else null
 * @param campaign what led here, else null
 * @param userId the signed-in user, else null
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record EventFacts(Moment at, String type, boolean opensSession, String page, String title, Campaign campaign, String userId) {
    private static final int LONGEST_PAGE = 500;
    private static final int LONGEST_TITLE = 200;
    private static final int MARK_BYTES = 8;

    /** Addresses are cut at 500 characters, titles at 200. */
    public EventFacts {
        page = Texts.cut(page, LONGEST_PAGE);
        title = Texts.cut(title, LONGEST_TITLE);
    }

    /** A short text for an event's identifier: the first 16 hexadecimal digits of its SHA-256. */
    public static String markOf(String eventId) {
        return HexFormat.of().formatHex(Digests.sha256(eventId), 0, MARK_BYTES);
    }
}
