package io.openclickstream.profileapi.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.openclickstream.model.ProfileApiDocument.Limits;
import io.openclickstream.profileapi.answer.ProblemException;
import io.openclickstream.profileapi.read.Question.Kind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A request that is read")
class ReadingTest {
    private final Reading reading = new Reading(new Limits(10, 20, 3, 5, 1000, 2, 1, 1, 100));

    private Reading.Batch batch(String body) {
        return reading.batch(body.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertRefused(int status, String field, org.junit.jupiter.api.function.Executable reading) {
        var problem = assertThrows(ProblemException.class, reading).problem();
        assertEquals(List.of(status, field), List.of(problem.status(), problem.field()), problem.toString());
    }

    @Test
    @DisplayName("has an identifier with any character that is escaped")
    void ids() {
        assertEquals("a/b ü+", Reading.id("a%2Fb%20%C3%BC+"));
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(strings = {"", "%", "%4", "%zz", "%C3", "%00", "a%0Ab", "%+1"})
    @DisplayName("has no identifier that is malformed")
    void wrongIds(String id) {
        assertRefused(400, "id", () -> Reading.id(id));
    }

    @Test
    @DisplayName("has times with an offset, its plus escaped or not")
    void times() {
        assertEquals(0, reading.question("asOf=1970-01-01T01:00:00%2B01:00", false).asOf());
        assertEquals(0, reading.question("asOf=1970-01-01T01:00:00+01:00&kind=user", false).asOf());
        assertEquals(Kind.USER, reading.question("kind=user&history=5", false).kind());
    }

    @ParameterizedTest(name = "\"{0}\"")
    @CsvSource({
        "asOf=yesterday, asOf", "asOf=1969-12-31T23:59:59Z, asOf", "asOf=+10000-01-01T00:00:00Z, asOf", "history=0, history",
        "history=6, history", "history=99999999999, history", "history=, history", "kind=device, kind", "limit=1, query",
        "kind=user&kind=user, kind", "asOf=%zz, asOf"})
    @DisplayName("has no parameter that is wrong, twice or unknown")
    void wrongQueries(String query, String field) {
        assertRefused(400, field, () -> reading.question(query, false));
    }

    @Test
    @DisplayName("has a batch of identifiers")
    void batches() {
        assertEquals(List.of("a", "b"), batch("{\"ids\":[\"a\",\"b\"],\"kind\":\"user\"}").ids());
    }

    @Test
    @DisplayName("has no body that is wrong; the field is named")
    void wrongBodies() {
        assertRefused(400, "body", () -> batch("{\"ids\":"));
        assertRefused(400, "body", () -> batch("[]"));
        assertRefused(400, "body", () -> batch("{\"ids\":[\"a\"],\"ids\":[\"b\"]}"));
        assertRefused(400, "body", () -> batch("{\"ids\":[\"a\"],\"limit\":1}"));
        assertRefused(400, "ids", () -> batch("{}"));
        assertRefused(400, "ids", () -> batch("{\"ids\":[]}"));
        assertRefused(400, "ids[1]", () -> batch("{\"ids\":[\"a\",7]}"));
        assertRefused(400, "ids[0]", () -> batch("{\"ids\":[\"\\ud800\"]}"));
        assertRefused(400, "kind", () -> batch("{\"ids\":[\"a\"],\"kind\":null}"));
        assertRefused(413, "ids", () -> batch("{\"ids\":[\"a\",\"b\",\"c\",\"d\"]}"));
    }
}
