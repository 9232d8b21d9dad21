package io.openclickstream.profileapi.read;

import io.openclickstream.profileapi.answer.Problem;
import io.openclickstream.profileapi.answer.ProblemException;
import io.openclickstream.profileapi.read.Found.Version;
import io.openclickstream.profileapi.read.Question.Kind;
import io.openclickstream.profiles.VisitorProfile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Finds profiles. A visitor who is merged into a user has that user's profile, which is the sum of those of all visitors who are: of a past
 * time it is the sum of theirs as of then, by the identities of today.
 */
public final class ProfileReader {
    private final Rows rows;

    ProfileReader(Rows rows) {
        this.rows = rows;
    }

    /** What is found of identifiers, in their order; empty where there is nothing. */
    public CompletableFuture<List<Optional<Found>>> find(List<String> ids, Question question) {
        if (question.kind() == Kind.USER) {
            return inOrder(ids.stream().map(id -> user(id, id, question)).toList());
        }
        return rows.visitors(ids, question).thenCompose(found -> {
            List<CompletableFuture<Optional<Found>>> all = new ArrayList<>(ids.size());
            // Several visitors of a batch may be one user, who is read once.
            Map<String, CompletableFuture<Optional<Found>>> users = new LinkedHashMap<>();
            for (int position = 0; position < ids.size(); position++) {
                String id = ids.get(position);
                Row row = found.get(position);
                if (row.mergedInto() == null) {
                    all.add(CompletableFuture.completedFuture(of(id, null, Map.of(id, row), question)));
                } else {
                    CompletableFuture<Optional<Found>> user =
                        users.computeIfAbsent(row.mergedInto(), name -> user(id, name, question));
                    all.add(user.thenApply(merged -> merged
                        .map(profile -> new Found(id, profile.mergedInto(), profile.visitors(), profile.versions()))
                        // The user's links end by their own time: the visitor stays.
                        .or(() -> of(id, null, Map.of(id, row), question))));
                }
            }
            return inOrder(all);
        });
    }

    private CompletableFuture<Optional<Found>> user(String asked, String user, Question question) {
        return rows.user(user).thenCompose(row -> {
            if (row.links() == null) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            List<String> visitors = List.copyOf(row.links().others().keySet());
            return rows.visitors(visitors, question).thenApply(found -> {
                Map<String, Row> merged = new LinkedHashMap<>();
                for (int position = 0; position < visitors.size(); position++) {
                    if (user.equals(found.get(position).mergedInto())) {
                        merged.put(visitors.get(position), found.get(position));
                    }
                }
                return of(asked, user, merged, question);
            });
        });
    }

    private static Optional<Found> of(String id, String mergedInto, Map<String, Row> parts, Question question) {
        Collection<Row> rows = parts.values();
        Long knownSince = rows.stream().map(Row::knownSince).filter(Objects::nonNull).max(Long::compare).orElse(null);
        NavigableSet<Long> times = new TreeSet<>();
        rows.forEach(row -> times.addAll(row.versions().keySet()));
        boolean isKnown = !times.isEmpty() || knownSince != null;
        if (isKnown && question.asOf() != null && knownSince != null && question.asOf() < knownSince) {
            throw new ProblemException(Problem.notKept(Instant.ofEpochMilli(question.asOf()).toString(), Instant.ofEpochMilli(knownSince).toString()));
        }
        List<Version> versions = new ArrayList<>();
        for (long time : times.descendingSet()) {
            boolean isNewest = versions.isEmpty();
            if (versions.size() == question.versions() || !isNewest && knownSince != null && time < knownSince) {
                break;
            }
            versions.add(new Version(time, sum(rows, time)));
        }
        return versions.isEmpty()
            ? Optional.empty()
            : Optional.of(new Found(id, mergedInto, parts.keySet().stream().sorted().toList(), versions));
    }

    private static VisitorProfile sum(Collection<Row> rows, long time) {
        return rows.stream().map(row -> row.versions().floorEntry(time)).filter(Objects::nonNull).map(Map.Entry::getValue)
            .reduce(VisitorProfile::plus).orElseThrow();
    }

    private static <T> CompletableFuture<List<T>> inOrder(List<CompletableFuture<T>> all) {
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
            .thenApply(done -> Collections.unmodifiableList(all.stream().map(CompletableFuture::join).toList()));
    }
}
