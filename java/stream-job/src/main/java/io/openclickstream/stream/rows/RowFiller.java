package io.openclickstream.stream.rows;

import io.openclickstream.model.EventColumns;
import io.openclickstream.model.FailedEventColumns;
import io.openclickstream.model.Masking;
import io.openclickstream.model.OutputRow;
import io.openclickstream.model.OutputTable;
import io.openclickstream.model.RecordHeaders;
import io.openclickstream.stream.enrich.Enrichment;
import io.openclickstream.stream.parse.Digests;
import io.openclickstream.stream.parse.Event;
import io.openclickstream.stream.parse.EventInput;
import io.openclickstream.stream.parse.IpMasking;
import io.openclickstream.stream.parse.RawRecord;
import io.openclickstream.stream.parse.UnreadableEvent;
import io.openclickstream.stream.parse.UrlParts;
import java.util.List;

/**
 * Makes the row of the events or of the failed-events table out of what a record holds: the one place that fills their columns,
 * but for those of enrichments and sessions. Gives the same row for the same record at any time, so that a batch that is done
 * again has the same result.
 */
public final class RowFiller {
    private final Masking masking;
    private final List<Enrichment> enrichments;

    /** The enrichments are applied in their order. */
    public RowFiller(Masking masking, List<Enrichment> enrichments) {
        this.masking = masking;
        this.enrichments = enrichments;
    }

    /** The record's row; processedAt is the micro-batch's time in microseconds since the epoch. */
    public ReadEvent fill(EventInput input, RawRecord record, long processedAt) {
        if (input instanceof UnreadableEvent unreadable) {
            return failed(unreadable, record, processedAt);
        }
        Event event = (Event) input;
        try {
            return stored(event, record, processedAt);
        } catch (RuntimeException | StackOverflowError unforeseen) {
            // An enrichment that falls over one event must not stop all the others.
            return failed(UnreadableEvent.unforeseen(event.id(), unforeseen), record, processedAt);
        }
    }

    private ReadEvent stored(Event event, RawRecord record, long processedAt) {
        String eventId = event.id() == null ? record.id() : event.id();
        long receivedAt = record.receivedAtMicros();
        long eventTime = event.timeMicros() == null ? receivedAt : event.timeMicros();
        String visitorId = visitorId(event);
        OutputRow row = new OutputRow(OutputTable.EVENTS)
            .set(EventColumns.EVENT_ID, eventId)
            .set(EventColumns.EVENT_TYPE, event.type())
            .set(EventColumns.EVENT_TIME, eventTime)
            .set(EventColumns.RECEIVED_AT, receivedAt)
            .set(EventColumns.PROCESSED_AT, processedAt)
            .set(EventColumns.VISITOR_ID, visitorId)
            .set(EventColumns.ANONYMOUS_ID, event.visitor().anonymousId())
            .set(EventColumns.USER_ID, event.visitor().userId())
            .set(EventColumns.HTTP_METHOD, event.exchange().method())
            .set(EventColumns.HTTP_STATUS, event.exchange().status())
            .set(EventColumns.HTTP_RESPONSE_BYTES, event.exchange().responseBytes())
            .set(EventColumns.IP, IpMasking.mask(masking, event.client().ip()))
            .set(EventColumns.USER_AGENT, event.client().userAgent())
            .set(EventColumns.LANGUAGE, event.client().language())
            .set(EventColumns.PROPERTIES, event.properties())
            .set(EventColumns.SOURCE, event.source())
            .set(EventColumns.KAFKA_PARTITION, record.partition())
            .set(EventColumns.KAFKA_OFFSET, record.offset());
        addPage(row, event.page());
        for (Enrichment enrichment : enrichments) {
            enrichment.apply(row, event);
        }
        return new ReadEvent(row, eventId, visitorId, eventTime, receivedAt);
    }

    private static void addPage(OutputRow row, Event.Page page) {
        UrlParts parts = UrlParts.of(page.url());
        row.set(EventColumns.PAGE_URL, page.url())
            .set(EventColumns.PAGE_SCHEME, parts.scheme())
            .set(EventColumns.PAGE_HOST, parts.host())
            .set(EventColumns.PAGE_PATH, parts.path())
            .set(EventColumns.PAGE_QUERY, parts.query())
            .set(EventColumns.PAGE_FRAGMENT, parts.fragment())
            .set(EventColumns.PAGE_TITLE, page.title())
            .set(EventColumns.REFERRER_URL, page.referrer());
    }

    /** The first identifier that is known, else one made of the whole address and the user agent: masked, many would be one. */
    private static String visitorId(Event event) {
        Event.Visitor visitor = event.visitor();
        if (visitor.anonymousId() != null) {
            return visitor.anonymousId();
        }
        return visitor.cookieId() != null
            ? visitor.cookieId()
            : Digests.identifier(orEmpty(event.client().ip()) + "\n" + orEmpty(event.client().userAgent()));
    }

    private ReadEvent failed(UnreadableEvent failure, RawRecord record, long processedAt) {
        String eventId = failure.eventId() == null ? Digests.contentUuid(record.value()) : failure.eventId();
        long receivedAt = record.receivedAtMicros();
        OutputRow row = new OutputRow(OutputTable.FAILED_EVENTS)
            .set(FailedEventColumns.EVENT_ID, eventId)
            .set(FailedEventColumns.REASON, failure.reason().text())
            .set(FailedEventColumns.FIELD, failure.field())
            .set(FailedEventColumns.MESSAGE, failure.message())
            .set(FailedEventColumns.PAYLOAD, record.value())
            .set(FailedEventColumns.CONTENT_TYPE, record.header(RecordHeaders.CONTENT_TYPE))
            .set(FailedEventColumns.IP, IpMasking.mask(masking, record.header(RecordHeaders.IP)))
            .set(FailedEventColumns.USER_AGENT, record.header(RecordHeaders.USER_AGENT))
            .set(FailedEventColumns.RECEIVED_AT, receivedAt)
            .set(FailedEventColumns.PROCESSED_AT, processedAt)
            .set(FailedEventColumns.KAFKA_PARTITION, record.partition())
            .set(FailedEventColumns.KAFKA_OFFSET, record.offset());
        return new ReadEvent(row, eventId, null, 0, receivedAt);
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }
}
