package io.openclickstream.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.lake.TimeWindow;
import io.openclickstream.model.ConfigException;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The words of a run")
class RunProgramTest {
    private static RunRequest parse(String words) {
        return RunProgram.request(words.isEmpty() ? new String[0] : words.split(" "));
    }

    @Test
    @DisplayName("name run and window")
    void all() {
        RunRequest request = parse("run --run-id manual__2026-03-01T00:00:00+00:00 --from 2026-03-01T00:00:00+01:00 --to 2026-03-02T00:00:00Z --document /d.json");
        assertEquals("manual__2026-03-01T00:00:00+00:00", request.runId());
        assertEquals(new TimeWindow(Instant.parse("2026-02-28T23:00:00Z"), Instant.parse("2026-03-02T00:00:00Z")), request.window());
    }

    @Test
    @DisplayName("may leave out the window")
    void least() {
        RunRequest request = parse("run --run-id r1");
        assertNull(request.window());
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "'', usage:",
        "walk, usage:",
        "run, --run-id must be",
        "run --run-id, lacks its value",
        "run --run-id a/b, --run-id must be",
        "run --run-id r1 --form x, is no option",
        "run --run-id r1 --from 2026-03-01T00:00:00Z, --to is missing",
        "run --run-id r1 --from 2026-03-01 --to 2026-03-02T00:00:00Z, --from must be a time",
        "run --run-id r1 --from 2026-03-02T00:00:00Z --to 2026-03-02T00:00:00Z, --from must be before --to"})
    @DisplayName("are refused by name when they are wrong")
    void wrong(String words, String message) {
        ConfigException refused = assertThrows(ConfigException.class, () -> parse(words));
        assertTrue(refused.getMessage().contains(message), refused.getMessage());
    }
}
