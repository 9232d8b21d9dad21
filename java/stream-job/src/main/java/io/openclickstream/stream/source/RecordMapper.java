package io.openclickstream.stream.source;

import io.openclickstream.model.JobDocument;
import io.openclickstream.model.RowCodec;
import io.openclickstream.model.Unicode;
import io.openclickstream.stream.enrich.Enrichments;
import io.openclickstream.stream.parse.EventReader;
import io.openclickstream.stream.parse.RawRecord;
import io.openclickstream.stream.parse.SiteHosts;
import io.openclickstream.stream.rows.ReadEvent;
import io.openclickstream.stream.rows.RowFiller;
import io.openclickstream.stream.rows.RowRules;
import io.openclickstream.stream.state.StepRow;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import scala.collection.Seq;

/** Reads, checks and enriches records, partition by partition: Kafka's rows in, {@link StepRow} rows out. */
public final class RecordMapper implements MapPartitionsFunction<Row, Row> {
    private static final long serialVersionUID = 1L;
    private static final byte[] NO_VALUE = {};

    /** What the mapper reads, as Spark SQL over Kafka's columns; times in microseconds since the epoch. */
    public static final String[] INPUT = {
        "value",
        "headers",
        "partition",
        "offset",
        "unix_micros(timestamp) as timestamp",
        // The micro-batch's time out of the offset log: the same when the batch is done again.
        "unix_micros(current_timestamp()) as processed_at",
    };

    private final RowRules rules;
    private final JobDocument.Enrichments enrichments;

    public RecordMapper(RowRules rules, JobDocument.Enrichments enrichments) {
        this.rules = rules;
        this.enrichments = enrichments;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> records) {
        RowCodec codec = new RowCodec();
        RowFiller filler = new RowFiller(rules, Enrichments.of(enrichments, new SiteHosts(rules.siteHosts())));
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return records.hasNext();
            }

            @Override
            public Row next() {
                Row row = records.next();
                RawRecord record = rawRecord(row);
                ReadEvent event = filler.fill(EventReader.read(record), record, row.getLong(5));
                return StepRow.of(record, event, codec.encode(event.row()));
            }
        };
    }

    private static RawRecord rawRecord(Row record) {
        byte[] value = record.getAs(0);
        return new RawRecord(
            value == null ? NO_VALUE : value, headers(record), record.getInt(2), record.getLong(3), record.getLong(4));
    }

    private static Map<String, String> headers(Row record) {
        Map<String, String> headers = new HashMap<>();
        if (!record.isNullAt(1)) {
            Seq<Row> entries = record.getSeq(1);
            for (int index = 0; index < entries.length(); index++) {
                byte[] value = entries.apply(index).getAs(1);
                headers.put(
                    entries.apply(index).getString(0), value == null ? "" : Unicode.decode(value));
            }
        }
        return headers;
    }
}
