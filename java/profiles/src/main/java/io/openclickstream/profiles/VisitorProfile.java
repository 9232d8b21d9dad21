package io.openclickstream.profiles;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is known of a visitor from a set of events. {@link #plus} of the profiles of two sets without a common event is the profile of
 * both together: it is associative and commutative, so a profile depends on the events alone and not on the order in which they came.
 *
 * @param firstSeen when the first event happened, in microseconds since the epoch
 * @param lastSeen when the last one happened
 * @param sessions how many sessions there were
 * @param events how many events, by type
 * @param pages the last 20 pages, the newest first
 * @param firstTouch the campaign of the first event that has one; null without
 * @param lastTouch the campaign of the last event that has one; null without
 * @param user the last user that the visitor signed in as; null before
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record VisitorProfile(
    long firstSeen,
    long lastSeen,
    long sessions,
    EventCounts events,
    List<PageView> pages,
    Touch firstTouch,
    Touch lastTouch,
    KnownUser user) {
    /** How many pages are kept. */
    public static final int MOST_PAGES = 20;

    /** Takes a copy. */
    public VisitorProfile {
        pages = List.copyOf(pages);
    }

    /** The profile of one event. */
    public static VisitorProfile of(EventFacts event) {
        Moment at = event.at();
        Touch touch = event.campaign() == null ? null : new Touch(at, event.campaign());
        return new VisitorProfile(
            at.time(),
            at.time(),
            event.opensSession() ? 1 : 0,
            EventCounts.one(event.type()),
            event.page() == null ? List.of() : List.of(new PageView(at, event.page(), event.title())),
            touch,
            touch,
            event.userId() == null ? null : new KnownUser(at, event.userId()));
    }

    /** The profile of both sets of events, such as those of two visitors that are one user. */
    public VisitorProfile plus(VisitorProfile other) {
        return new VisitorProfile(
            Math.min(firstSeen, other.firstSeen),
            Math.max(lastSeen, other.lastSeen),
            sessions + other.sessions,
            events.plus(other.events),
            Stream.concat(pages.stream(), other.pages.stream()).sorted().limit(MOST_PAGES).toList(),
            Touch.earlier(firstTouch, other.firstTouch),
            Touch.later(lastTouch, other.lastTouch),
            KnownUser.later(user, other.user));
    }
}
