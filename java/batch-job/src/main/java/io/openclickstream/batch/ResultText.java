package io.openclickstream.batch;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.model.BatchResult;
import io.openclickstream.model.UpkeepResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A result as one line of JSON that fits into a container's termination message. */
final class ResultText {
    /** Kubernetes cuts off what is longer. */
    static final int MAX_BYTES = 4096;
    private static final ObjectMapper JSON = new ObjectMapper().setSerializationInclusion(JsonInclude.Include.NON_NULL);

    private ResultText() {
    }

    /** What is too long loses the checks without violations, then all of them: the snapshot's summary has them. */
    static String of(BatchResult result) {
        String whole = json(result);
        if (fits(whole)) {
            return whole;
        }
        String violated = json(withChecks(result, result.checks().stream().filter(check -> check.violations() > 0).toList()));
        return fits(violated) ? violated : json(withChecks(result, List.of()));
    }

    /** Of tables that are too many those that failed come first, and the list ends where it is full. */
    static String of(UpkeepResult result) {
        List<UpkeepResult.Table> tables = new ArrayList<>(result.tables());
        tables.sort(Comparator.comparing((UpkeepResult.Table table) -> table.state() != UpkeepResult.Table.State.Failed));
        String text = json(result);
        while (!fits(text) && !tables.isEmpty()) {
            tables.remove(tables.size() - 1);
            text = json(new UpkeepResult(result.seconds(), result.message(), tables));
        }
        return text;
    }

    static String checks(List<BatchResult.Check> checks) {
        return json(checks);
    }

    private static boolean fits(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
    }

    private static BatchResult withChecks(BatchResult result, List<BatchResult.Check> checks) {
        return new BatchResult(result.runId(), result.state(), result.rows(), result.tableRows(), result.seconds(), result.snapshotId(),
            checks, result.message());
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a result cannot be written as JSON", e);
        }
    }

    static List<BatchResult.Check> readChecks(String json) {
        try {
            return List.of(JSON.readValue(json, BatchResult.Check[].class));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the checks in a snapshot's summary cannot be read: " + e.getOriginalMessage(), e);
        }
    }
}
