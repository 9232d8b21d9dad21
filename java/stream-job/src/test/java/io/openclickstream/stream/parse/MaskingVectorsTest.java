package io.openclickstream.stream.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.model.Masking;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The collector masks the senders of records by the same rule, and runs the same cases. */
@DisplayName("The vectors of masking")
class MaskingVectorsTest {
    static Stream<Arguments> addresses() throws IOException {
        JsonNode vectors = new ObjectMapper().readTree(Path.of("../../contracts/vectors/masking.json").toFile());
        return StreamSupport.stream(vectors.required("addresses").spliterator(), false)
            .map(vector -> Arguments.of(
                vector.required("name").textValue(),
                vector.required("address").textValue(),
                Masking.of(vector.required("masking").textValue()).orElseThrow(),
                vector.required("kept").textValue()));
    }

    @ParameterizedTest(name = "keep {0}")
    @MethodSource("addresses")
    void addresses(String name, String address, Masking masking, String kept) {
        assertEquals(kept, IpMasking.mask(masking, address));
    }
}
