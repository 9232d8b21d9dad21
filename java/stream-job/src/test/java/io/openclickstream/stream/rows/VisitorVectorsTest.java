package io.openclickstream.stream.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.model.Masking;
import io.openclickstream.model.RecordHeaders;
import io.openclickstream.stream.parse.EventReader;
import io.openclickstream.stream.parse.RawRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The collector's keys of records follow the same order, and it runs the same cases. */
@DisplayName("The vectors of visitors")
class VisitorVectorsTest {
    private static final RowRules RULES = new RowRules(Masking.NONE, List.of("null", "00000000-0000-0000-0000-000000000000"), List.of(), Duration.ofHours(1));

    static Stream<Arguments> visitors() throws IOException {
        JsonNode vectors = new ObjectMapper().readTree(Path.of("../../contracts/vectors/visitor-id.json").toFile());
        return StreamSupport.stream(vectors.required("visitors").spliterator(), false)
            .map(vector -> Arguments.of(
                vector.required("name").textValue(),
                vector.required("event").textValue(),
                Map.of(
                    RecordHeaders.COOKIE_ID, vector.required("cookieId").textValue(),
                    RecordHeaders.IP, vector.required("ip").textValue(),
                    RecordHeaders.USER_AGENT, vector.required("userAgent").textValue()),
                vector.required("visitorId").textValue()));
    }

    @ParameterizedTest(name = "count {0}")
    @MethodSource("visitors")
    void visitors(String name, String event, Map<String, String> headers, String visitorId) {
        RawRecord record = new RawRecord(event.getBytes(StandardCharsets.UTF_8), headers, 0, 0, 0);
        assertEquals(visitorId, new RowFiller(RULES, List.of()).fill(EventReader.read(record), record, 0).visitorId());
    }
}
