package io.openclickstream.profiles;

import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Which visitors are taken for one user. The answer is a function of all links, and so of the set of {@code identify} events, whatever
 * order they came in; a wrong merge ends by itself when an event shows that it was one.
 *
 * @param maxVisitorsPerUser a user with more of them is no single person, and none of them is merged
 * @param maxUsersPerVisitor a visitor with more of them is a device that people share, and is merged into none of them
 * @param blocked users who are nobody, in small letters
 */
public record IdentityRules(int maxVisitorsPerUser, int maxUsersPerVisitor, Set<String> blocked) {
    /** Takes a copy, in small letters. */
    public IdentityRules {
        blocked = blocked.stream().map(user -> user.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    /** Whether an event with this user ties nothing. */
    public boolean isBlocked(String user) {
        return blocked.contains(user.strip().toLowerCase(Locale.ROOT));
    }

    /** The visitor's links and one more. */
    public IdentityLinks ofVisitor(IdentityLinks visitor, String user, long time) {
        return visitor.with(user, time, maxUsersPerVisitor);
    }

    /** The user's links and one more. */
    public IdentityLinks ofUser(IdentityLinks user, String visitor, long time) {
        return user.with(visitor, time, maxVisitorsPerUser);
    }

    /**
     * The user whom a visitor is merged into: the one of the last event, by time and then by the alphabet.
     *
     * @param users gives the links of a user
     * @return null when the visitor is merged into none
     */
    public String mergedInto(IdentityLinks visitor, Function<String, IdentityLinks> users) {
        if (visitor.isOver(maxUsersPerVisitor)) {
            return null;
        }
        return visitor.others().entrySet().stream()
            .max(Comparator.comparingLong((Map.Entry<String, IdentityLinks.Span> link) -> link.getValue().last()).thenComparing(Map.Entry::getKey))
            .map(Map.Entry::getKey)
            .filter(user -> !users.apply(user).isOver(maxVisitorsPerUser))
            .orElse(null);
    }
}
