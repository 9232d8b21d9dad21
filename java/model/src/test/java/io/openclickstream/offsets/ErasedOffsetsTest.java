package io.openclickstream.offsets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Erased offsets")
class ErasedOffsetsTest {
    private static JsonNode vectors(String member) throws IOException {
        return new ObjectMapper().readTree(Path.of("../../contracts/vectors/erased-offsets.json").toFile()).required(member);
    }

    static Stream<JsonNode> spans() throws IOException {
        return StreamSupport.stream(vectors("spans").spliterator(), false);
    }

    static Stream<String> refused() throws IOException {
        return StreamSupport.stream(vectors("refused").spliterator(), false).map(JsonNode::textValue);
    }

    private static ErasedOffsets of(long... offsets) {
        ErasedOffsets erased = new ErasedOffsets();
        for (long offset : offsets) {
            erased.add(0, offset);
        }
        return erased;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("spans")
    @DisplayName("are read and written as in the vectors")
    void readAndWritten(JsonNode vector) {
        ErasedOffsets erased = ErasedOffsets.parse(vector.required("text").textValue());
        long records = StreamSupport.stream(vector.required("spans").spliterator(), false).mapToLong(span -> span.required("records").longValue()).sum();
        assertEquals(records, erased.records());
        assertEquals(vector.required("text").textValue(), erased.toString());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    @DisplayName("are refused where they are none")
    void refused(String text) {
        assertThrows(IllegalArgumentException.class, () -> ErasedOffsets.parse(text));
    }

    @Test
    @DisplayName("grow together in whatever order they come, and count once")
    void together() {
        assertEquals("0:3-6,0:9", of(3, 5, 9, 4, 6, 4).toString());
        ErasedOffsets erased = ErasedOffsets.parse("0:7-19");
        erased.add(0, 6);
        erased.add(1, 20);
        erased.add(0, 20);
        assertEquals("0:6-20,1:20", erased.toString());
    }

    @Test
    @DisplayName("of a span are never more than its offsets, whatever the text says")
    void capped() {
        assertEquals("0:4-6", ErasedOffsets.parse("0:4-6=7").toString());
        assertThrows(IllegalArgumentException.class, () -> ErasedOffsets.parse("0:6-4=1"));
        ErasedOffsets overlapping = ErasedOffsets.parse("0:4-6,0:5-9");
        for (int others = 1; others < ErasedOffsets.MOST_SPANS; others++) {
            overlapping.add(1, 2L * others);
        }
        String text = overlapping.toString();
        assertTrue(text.startsWith("0:4-9,1:2,"), text);
        assertEquals(text, ErasedOffsets.parse(text).toString());
    }

    @Test
    @DisplayName("become vague across the narrowest gaps when they are too many, and are still as many")
    void vague() {
        ErasedOffsets erased = new ErasedOffsets();
        Random random = new Random(1);
        int records = 0;
        for (long offset = 0; records < 100_000; offset += 2 + random.nextInt(3)) {
            erased.add(records % 2, offset);
            records++;
        }
        erased.add(0, 100_000_000);
        assertEquals(records + 1, erased.records());
        String text = erased.toString();
        assertTrue(text.endsWith("=50000") || text.contains("0:100000000"), text);
        ErasedOffsets read = ErasedOffsets.parse(text);
        assertEquals(records + 1, read.records());
        assertTrue(text.split(",").length <= ErasedOffsets.MOST_SPANS, text);
        read.add(0, 3);
        assertEquals(records + 2, read.records());
    }
}
