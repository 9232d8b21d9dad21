package io.openclickstream.profileapi.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.profileapi.answer.ProblemException;
import io.openclickstream.profileapi.read.Found.Version;
import io.openclickstream.profileapi.read.Question.Kind;
import io.openclickstream.profiles.EventFacts;
import io.openclickstream.profiles.IdentityLinks;
import io.openclickstream.profiles.Moment;
import io.openclickstream.profiles.VisitorProfile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A profile that is read")
class ProfileReaderTest {
    private final Map<String, Row> visitors = new HashMap<>();
    private final Map<String, Row> users = new HashMap<>();
    private final ProfileReader reader = new ProfileReader(new Rows() {
        @Override
        public CompletableFuture<List<Row>> visitors(List<String> ids, Question question) {
            return CompletableFuture.completedFuture(ids.stream().map(id -> seen(visitors.getOrDefault(id, Row.EMPTY), question)).toList());
        }

        @Override
        public CompletableFuture<Row> user(String id) {
            return CompletableFuture.completedFuture(users.getOrDefault(id, Row.EMPTY));
        }
    });

    /** As HBase gives it. */
    private static Row seen(Row row, Question question) {
        TreeMap<Long, VisitorProfile> versions = new TreeMap<>();
        row.versions().descendingMap().entrySet().stream()
            .filter(version -> question.asOf() == null || version.getKey() <= question.asOf())
            .limit(question.versions())
            .forEach(version -> versions.put(version.getKey(), version.getValue()));
        return new Row(versions, question.isOfPast() ? row.knownSince() : null, row.links(), row.mergedInto());
    }

    private static VisitorProfile events(long... millis) {
        VisitorProfile sum = null;
        for (long time : millis) {
            VisitorProfile one = VisitorProfile.of(new EventFacts(new Moment(time * 1000, "e" + time), "page_view", false, null, null, null, null));
            sum = sum == null ? one : sum.plus(one);
        }
        return sum;
    }

    private static Row row(String mergedInto, Long knownSince, long... millis) {
        TreeMap<Long, VisitorProfile> versions = new TreeMap<>();
        for (int count = 1; count <= millis.length; count++) {
            versions.put(millis[count - 1], events(java.util.Arrays.copyOf(millis, count)));
        }
        return new Row(versions, knownSince, null, mergedInto);
    }

    private void tie(String user, String... ids) {
        IdentityLinks links = IdentityLinks.none(user);
        for (String id : ids) {
            links = links.with(id, 1, 10);
        }
        users.put(user, new Row(new TreeMap<>(), null, links, null));
    }

    private Optional<Found> find(String id, Question question) {
        return reader.find(List.of(id), question).join().get(0);
    }

    private static List<Long> counts(Found found) {
        return found.versions().stream().map(Version::profile).map(profile -> profile.events().total()).toList();
    }

    @Test
    @DisplayName("is the newest version; of nobody there is none")
    void now() {
        visitors.put("a", row(null, null, 10, 20, 30));
        assertEquals(List.of(3L), counts(find("a", Question.NOW).orElseThrow()));
        assertTrue(find("b", Question.NOW).isEmpty());
    }

    @Test
    @DisplayName("as of a time is the version of then; before the first there is none")
    void asOf() {
        visitors.put("a", row(null, null, 10, 20, 30));
        assertEquals(List.of(2L), counts(find("a", new Question(Kind.VISITOR, 29L, 1)).orElseThrow()));
        assertTrue(find("a", new Question(Kind.VISITOR, 9L, 1)).isEmpty());
    }

    @Test
    @DisplayName("of a time that is only summed up is refused, and stays out of the history")
    void notKept() {
        visitors.put("a", row(null, 20L, 10, 20, 30));
        CompletionException refused = assertThrows(CompletionException.class, () -> find("a", new Question(Kind.VISITOR, 19L, 1)));
        assertEquals(410, assertInstanceOf(ProblemException.class, refused.getCause()).problem().status());
        assertEquals(List.of(3L, 2L), counts(find("a", new Question(Kind.VISITOR, null, 9)).orElseThrow()));
    }

    @Test
    @DisplayName("of a visitor who is merged is the user's, with all visitors who are")
    void merged() {
        visitors.put("a", row("u", null, 10, 40));
        visitors.put("b", row("u", null, 20, 30));
        visitors.put("shared", row(null, null, 25));
        tie("u", "a", "b", "shared");
        Found found = find("a", Question.NOW).orElseThrow();
        assertEquals("u", found.mergedInto());
        assertEquals(List.of("a", "b"), found.visitors());
        assertEquals(List.of(4L), counts(found));
        assertEquals(List.of(4L), counts(find("u", new Question(Kind.USER, null, 1)).orElseThrow()));
        assertTrue(find("shared", Question.NOW).orElseThrow().mergedInto() == null);
    }

    @Test
    @DisplayName("of a user has the history of all visitors together")
    void mergedHistory() {
        visitors.put("a", row("u", null, 10, 40));
        visitors.put("b", row("u", null, 20, 30));
        tie("u", "a", "b");
        assertEquals(List.of(4L, 3L, 2L), counts(find("a", new Question(Kind.VISITOR, null, 3)).orElseThrow()));
        assertEquals(List.of(2L), counts(find("b", new Question(Kind.VISITOR, 25L, 1)).orElseThrow()));
    }

    @Test
    @DisplayName("answers each of a batch by its own identifier, though two are one user")
    void batch() {
        visitors.put("a", row("u", null, 10));
        visitors.put("b", row("u", null, 20));
        tie("u", "a", "b");
        List<Optional<Found>> found = reader.find(List.of("a", "nobody", "b"), Question.NOW).join();
        assertEquals(List.of("a", "", "b"), found.stream().map(one -> one.map(Found::id).orElse("")).toList());
    }
}
