package io.openclickstream.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.model.BatchResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The text of a result")
class ResultTextTest {
    private static BatchResult result(List<BatchResult.Check> checks) {
        return new BatchResult("r1", BatchResult.State.Held, 12L, 40L, 3.25, "8035172034560112443", checks, "violated: nulls (2)");
    }

    private static BatchResult.Check check(String name, long violations) {
        return new BatchResult.Check(name, BatchResult.Check.Severity.Error, violations);
    }

    @Test
    @DisplayName("is what the operator reads, by the vectors")
    void vectors() throws IOException {
        JsonNode vectors = new ObjectMapper().readTree(Path.of("../../contracts/vectors/batch-result.json").toFile());
        assertEquals(vectors.required("held"), new ObjectMapper().readTree(ResultText.of(result(List.of(check("nulls", 2))))));
        BatchResult failed = new BatchResult("r1", BatchResult.State.Failed, null, null, 3.25, null, List.of(), "why");
        assertEquals(vectors.required("failed"), new ObjectMapper().readTree(ResultText.of(failed)));
    }

    @Test
    @DisplayName("fits into a termination message, with the checks that were violated as long as they fit")
    void bounded() {
        List<BatchResult.Check> many = IntStream.range(0, 200).mapToObj(number -> check("check-number-" + number, number == 7 ? 1 : 0)).toList();
        String text = ResultText.of(result(many));
        assertTrue(text.getBytes(StandardCharsets.UTF_8).length <= ResultText.MAX_BYTES, text);
        assertTrue(text.contains("check-number-7") && !text.contains("check-number-8"), text);
        List<BatchResult.Check> all = IntStream.range(0, 200).mapToObj(number -> check("check-number-" + number, 1)).toList();
        assertTrue(ResultText.of(result(all)).contains("\"checks\":[]"));
    }
}
