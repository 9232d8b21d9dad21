package io.openclickstream.stream.engines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.lake.Erasure;
import io.openclickstream.model.OutputTable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.iceberg.expressions.Expressions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("An erasure on real engines")
class ErasureIT {
    private static final int VISITORS = 7;

    @TempDir
    private Path folder;

    private static List<byte[]> events(String prefix, int count) {
        return IntStream.range(0, count)
            .mapToObj(number -> "{\"event_id\":\"" + prefix + number + "\",\"event_type\":\"x\",\"anonymous_id\":\"v" + number % VISITORS + "\"}")
            .map(event -> event.getBytes(StandardCharsets.UTF_8))
            .toList();
    }

    @Test
    @DisplayName("takes a visitor out beside the running job, which tells how many records they were")
    void besideTheJob() throws Exception {
        Engines engines = Engines.load();
        Pipeline pipeline = Pipeline.create(engines, engines.kafka(), folder);
        pipeline.topic().send("a", events("a", 50), Map.of());
        try (JobProcess job = pipeline.startJob()) {
            job.await("the events are read", progress -> JobProcess.read(progress) == 50);
            assertEquals(7, Erasure.of(pipeline.lake().table(OutputTable.EVENTS)).rows(Expressions.equal("anonymous_id", "v3")));
            pipeline.topic().send("a", events("b", 3), Map.of());
            job.await("the job tells of them", progress -> JobProcess.read(progress) == 53 && progress.path("erased").asLong() == 7);
            assertEquals(0, job.terminate(), job.logEnd());
        }
        assertEquals(46, pipeline.lake().counts().get(OutputTable.EVENTS));
        String mark = pipeline.lake().table(OutputTable.EVENTS).properties().get(Erasure.ERASED);
        assertTrue(mark.matches("\\d:3,\\d:10,\\d:17,\\d:24,\\d:31,\\d:38,\\d:45"), mark);
    }
}
