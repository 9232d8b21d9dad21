package io.openclickstream.stream.profile;

import io.openclickstream.profiles.EventFacts;
import io.openclickstream.profiles.IdentityLinks;
import io.openclickstream.profiles.IdentityRules;
import io.openclickstream.profiles.PlacedEvent;
import io.openclickstream.profiles.ProfileCell;
import io.openclickstream.profiles.ProfileRow;
import io.openclickstream.profiles.RowKeys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Takes the {@code identify} events of a window into the rows of their visitors and users. What it writes depends on all such events that
 * ever were, so it may be cut off anywhere and done again. One use only.
 */
final class IdentityBatch {
    private static final String IDENTIFY = "identify";
    private static final int ROWS_AT_ONCE = 500;

    private final ProfileCells table;
    private final RowKeys keys;
    private final IdentityRules rules;
    private final Map<String, IdentityLinks> visitors = new HashMap<>();
    private final Map<String, IdentityLinks> users = new HashMap<>();

    IdentityBatch(ProfileCells table, RowKeys keys, IdentityRules rules) {
        this.table = table;
        this.keys = keys;
        this.rules = rules;
    }

    private record Link(String visitor, String user, long time) {
    }

    /** Returns when all rows are written. */
    void write(Map<String, List<PlacedEvent>> byVisitor) throws IOException {
        List<Link> links = links(byVisitor);
        if (links.isEmpty()) {
            return;
        }
        load(visitors, links.stream().map(Link::visitor).distinct().toList(), keys::visitor);
        load(users, links.stream().map(Link::user).distinct().toList(), keys::user);
        Set<String> namedVisitors = Set.copyOf(visitors.keySet());
        Set<String> namedUsers = Set.copyOf(users.keySet());
        Set<String> before = visitorsOf(namedUsers);
        for (Link link : links) {
            visitors.compute(link.visitor(), (visitor, known) -> rules.ofVisitor(known, link.user(), link.time()));
            users.compute(link.user(), (user, known) -> rules.ofUser(known, link.visitor(), link.time()));
        }
        Set<String> after = visitorsOf(namedUsers);
        // Of too many visitors only some are kept. Those that are dropped now are known from the old links alone: their answers come first.
        writeAnswers(before.stream().filter(visitor -> !after.contains(visitor)).toList());
        // Then the links: whoever is cut off before the other answers finds them again, and the answers are written in any case.
        write(namedVisitors, keys::visitor, visitor -> ProfileRow.links(visitors.get(visitor)));
        write(namedUsers, keys::user, user -> ProfileRow.links(users.get(user)));
        // A user who has one visitor too many changes the answer for the others.
        after.addAll(namedVisitors);
        writeAnswers(after);
    }

    private Set<String> visitorsOf(Set<String> ofUsers) {
        Set<String> all = new LinkedHashSet<>();
        ofUsers.forEach(user -> all.addAll(users.get(user).others().keySet()));
        return all;
    }

    private List<Link> links(Map<String, List<PlacedEvent>> byVisitor) {
        List<Link> links = new ArrayList<>();
        byVisitor.forEach((visitor, events) -> {
            for (PlacedEvent event : events) {
                EventFacts facts = event.facts();
                if (facts.type().equals(IDENTIFY) && facts.userId() != null && !rules.isBlocked(facts.userId())) {
                    links.add(new Link(visitor, facts.userId(), facts.at().time()));
                }
            }
        });
        return links;
    }

    private void writeAnswers(Collection<String> affected) throws IOException {
        load(visitors, affected, keys::visitor);
        load(users, affected.stream().flatMap(visitor -> visitors.get(visitor).others().keySet().stream()).distinct().toList(), keys::user);
        write(affected, keys::visitor, visitor ->
            ProfileRow.mergedInto(visitors.get(visitor), rules.mergedInto(visitors.get(visitor), users::get)));
    }

    /** Reads the links of those that are not known yet. */
    private void load(Map<String, IdentityLinks> known, Collection<String> ids, Function<String, byte[]> key) throws IOException {
        List<String> missing = ids.stream().filter(id -> !known.containsKey(id)).toList();
        for (int from = 0; from < missing.size(); from += ROWS_AT_ONCE) {
            List<String> part = missing.subList(from, Math.min(missing.size(), from + ROWS_AT_ONCE));
            List<byte[]> values = table.values(part.stream().map(key).toList(), ProfileRow.IDENTITY_FAMILY, ProfileRow.LINKS);
            for (int index = 0; index < part.size(); index++) {
                String id = part.get(index);
                known.put(id, values.get(index) == null ? IdentityLinks.none(id) : ProfileRow.links(values.get(index)));
            }
        }
    }

    private void write(Collection<String> ids, Function<String, byte[]> key, Function<String, ProfileCell> cell) throws IOException {
        Map<byte[], List<ProfileCell>> rows = new IdentityHashMap<>();
        for (String id : ids) {
            rows.put(key.apply(id), List.of(cell.apply(id)));
            if (rows.size() == ROWS_AT_ONCE) {
                table.write(rows);
                rows.clear();
            }
        }
        table.write(rows);
    }
}
