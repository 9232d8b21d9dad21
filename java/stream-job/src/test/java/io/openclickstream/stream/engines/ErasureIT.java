package io.openclickstream.stream.engines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.lake.Erasure;
import io.openclickstream.model.OutputTable;
import io.openclickstream.model.UpkeepDocument;
import io.openclickstream.model.UpkeepResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.iceberg.expressions.Expressions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("An erasure on real engines")
class ErasureIT {
    @TempDir
    private Path folder;

    @Test
    @DisplayName("takes a visitor out, and all that is old, beside the running job, which tells how many records they were")
    void besideTheJob() throws Exception {
        Engines engines = Engines.load();
        Pipeline pipeline = Pipeline.create(engines, engines.kafka(), folder);
        pipeline.topic().send("a", Pipeline.events("a", 50), Map.of());
        try (JobProcess job = pipeline.startJob()) {
            job.await("the events are read", progress -> JobProcess.read(progress) == 50);
            assertEquals(7, Erasure.of(pipeline.lake().table(OutputTable.EVENTS)).rows(Expressions.equal("anonymous_id", "v3")));
            pipeline.topic().send("a", Pipeline.events("b", 3), Map.of());
            job.await("the job tells of them", progress -> JobProcess.read(progress) == 53 && progress.path("erased").asLong() == 7);
            assertEquals(46, pipeline.lake().counts().get(OutputTable.EVENTS));
            String mark = pipeline.lake().table(OutputTable.EVENTS).properties().get(Erasure.ERASED);
            assertTrue(mark.matches("\\d:3,\\d:10,\\d:17,\\d:24,\\d:31,\\d:38,\\d:45"), mark);

            UpkeepResult.Table old = Upkeep.run(engines.lake(), pipeline.lake().identifiers().get(OutputTable.EVENTS), Duration.ofDays(10),
                new UpkeepDocument.Table.Retention("received_at", Duration.ofDays(1).toSeconds()));
            assertEquals(46, old.erasedRows(), old.toString());
            pipeline.topic().send("a", Pipeline.events("c", 2), Map.of());
            job.await("the job tells of all", progress -> JobProcess.read(progress) == 55 && progress.path("erased").asLong() == 53);
            assertEquals(0, job.terminate(), job.logEnd());
        }
        assertEquals(2, pipeline.lake().counts().get(OutputTable.EVENTS));
        assertEquals(pipeline.topic().records(), 2 + 53);
    }
}
