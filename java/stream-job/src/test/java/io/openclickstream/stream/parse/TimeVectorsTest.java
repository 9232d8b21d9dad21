package io.openclickstream.stream.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.model.EventMembers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The collector makes such values of the times in a pixel's query, and runs the same cases. */
@DisplayName("The vectors of times")
class TimeVectorsTest {
    static Stream<Arguments> times() throws IOException {
        JsonNode vectors = new ObjectMapper().readTree(Path.of("../../contracts/vectors/time-forms.json").toFile());
        return StreamSupport.stream(vectors.required("times").spliterator(), false)
            .map(vector -> Arguments.of(
                vector.required("name").textValue(),
                vector.required("value").toString(),
                vector.required("microseconds").isNull() ? null : vector.required("microseconds").longValue()));
    }

    @ParameterizedTest(name = "read {0}")
    @MethodSource("times")
    void times(String name, String value, Long microseconds) throws EventException {
        byte[] event = ("{\"timestamp\":" + value + "}").getBytes(StandardCharsets.UTF_8);
        assertEquals(microseconds, Timestamps.micros(JsonReader.object(event).object().get(EventMembers.TIMESTAMP)));
    }
}
