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
import io.openclickstream.stream.parse.IpMasking;
import io.openclickstream.stream.parse.RawRecord;
import io.openclickstream.stream.parse.Reading;
import io.openclickstream.stream.parse.SiteHosts;
import io.openclickstream.stream.parse.Timestamps;
import io.openclickstream.stream.parse.UnreadableEvent;
import io.openclickstream.stream.parse.UrlParts;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Makes the row of the events or of the failed-events table out of what a record holds: the one place that fills their columns,
 * except those of enrichments and sessions. Gives the same row for the same record at any time, so that a batch that is done
 * again has the same result.
 */
public final class RowFiller {
    /** A smaller difference of clocks is not told from the time that a request takes. */
    private static final long LARGEST_IGNORED_SKEW_MICROS = 60_000_000;

    private final Masking masking;
    private final Identifiers identifiers;
    private final SiteHosts siteHosts;
    private final long watermarkMicros;
    private final List<Enrichment> enrichments;

    /** The enrichments are applied in their order. */
    public RowFiller(RowRules rules, List<Enrichment> enrichments) {
        this.masking = rules.masking();
        this.identifiers = new Identifiers(rules.absentIds());
        this.siteHosts = new SiteHosts(rules.siteHosts());
        this.watermarkMicros = TimeUnit.MILLISECONDS.toMicros(rules.watermark().toMillis());
        this.enrichments = enrichments;
    }

    /** The record's row; processedAt is the micro-batch's time in microseconds since the epoch. */
    public ReadEvent fill(Reading reading, RawRecord record, long processedAt) {
        if (reading.input() instanceof UnreadableEvent unreadable) {
            return failed(unreadable, reading.fingerprint(), record, processedAt);
        }
        Event event = (Event) reading.input();
        try {
            return stored(event, reading.fingerprint(), record, processedAt);
        } catch (RuntimeException | StackOverflowError unforeseen) {
            // An enrichment that falls over one event must not stop all the others.
            return failed(UnreadableEvent.unforeseen(event.id(), unforeseen), reading.fingerprint(), record, processedAt);
        }
    }

    private ReadEvent stored(Event event, long fingerprint, RawRecord record, long processedAt) {
        String givenId = identifiers.of(event.id());
        String eventId = givenId == null ? record.id() : givenId;
        long receivedAt = record.receivedAtMicros();
        long eventTime = eventTime(event, receivedAt);
        boolean isFuture = eventTime > receivedAt + watermarkMicros;
        String visitorId = visitorId(event);
        OutputRow row = new OutputRow(OutputTable.EVENTS)
            .set(EventColumns.EVENT_ID, eventId)
            .set(EventColumns.EVENT_TYPE, event.type())
            .set(EventColumns.EVENT_TIME, eventTime)
            .set(EventColumns.RECEIVED_AT, receivedAt)
            .set(EventColumns.PROCESSED_AT, processedAt)
            .set(EventColumns.VISITOR_ID, visitorId)
            .set(EventColumns.ANONYMOUS_ID, identifiers.of(event.visitor().anonymousId()))
            .set(EventColumns.USER_ID, identifiers.of(event.visitor().userId()))
            .set(EventColumns.HTTP_METHOD, event.logged().method())
            .set(EventColumns.HTTP_STATUS, event.logged().status())
            .set(EventColumns.HTTP_RESPONSE_BYTES, event.logged().responseBytes())
            .set(EventColumns.IP, IpMasking.mask(masking, event.client().ip()))
            .set(EventColumns.USER_AGENT, event.client().userAgent())
            .set(EventColumns.LANGUAGE, event.client().language())
            .set(EventColumns.PROPERTIES, properties(event))
            .set(EventColumns.SOURCE, event.source())
            .set(EventColumns.KAFKA_PARTITION, record.partition())
            .set(EventColumns.KAFKA_OFFSET, record.offset())
            .set(EventColumns.CLOCK_SKEW_MS, event.sentAtMicros() == null ? null : millis(skew(event, receivedAt)))
            .set(EventColumns.IS_FUTURE, isFuture)
            .set(EventColumns.RAW_LINE, IpMasking.maskText(masking, event.logged().line(), event.client().ip()));
        addPage(row, event);
        for (Enrichment enrichment : enrichments) {
            enrichment.apply(row, event);
        }
        return new ReadEvent(row, eventId, fingerprint, visitorId, isFuture ? receivedAt : eventTime, receivedAt);
    }

    /** By the collector's clock, where the sender told both the event's time and that of sending by one of its own. */
    private static long eventTime(Event event, long receivedAt) {
        if (event.timeMicros() == null) {
            return receivedAt;
        }
        boolean isSkewed = event.sentAtMicros() != null && Math.abs(skew(event, receivedAt)) > LARGEST_IGNORED_SKEW_MICROS;
        long corrected = isSkewed ? event.timeMicros() + skew(event, receivedAt) : event.timeMicros();
        return Timestamps.isStorable(corrected) ? corrected : event.timeMicros();
    }

    private static long skew(Event event, long receivedAt) {
        return receivedAt - event.sentAtMicros();
    }

    private static Long millis(long micros) {
        return TimeUnit.MICROSECONDS.toMillis(micros);
    }

    private Map<String, String> properties(Event event) {
        return event.logged().line() == null ? event.properties() : IpMasking.maskLogged(masking, event.properties());
    }

    private void addPage(OutputRow row, Event event) {
        Event.Page page = event.page();
        UrlParts parts = page.parts();
        String host = parts.host() == null ? event.logged().site().host(siteHosts) : parts.host();
        boolean isOfHost = parts.host() != null || event.logged().line() == null || host != null;
        row.set(EventColumns.PAGE_URL, page.url())
            .set(EventColumns.PAGE_SCHEME, isOfHost ? parts.scheme() : null)
            .set(EventColumns.PAGE_HOST, host)
            .set(EventColumns.PAGE_PATH, parts.path())
            .set(EventColumns.PAGE_QUERY, parts.query())
            .set(EventColumns.PAGE_FRAGMENT, parts.fragment())
            .set(EventColumns.PAGE_TITLE, page.title())
            .set(EventColumns.REFERRER_URL, page.referrer());
    }

    /** The first identifier that is known, else one made of the whole address and the user agent: masked, many would be one. */
    private String visitorId(Event event) {
        Event.Visitor visitor = event.visitor();
        String anonymousId = identifiers.of(visitor.anonymousId());
        if (anonymousId != null) {
            return anonymousId;
        }
        return visitor.cookieId() != null
            ? visitor.cookieId()
            : Digests.identifier(orEmpty(event.client().ip()) + "\n" + orEmpty(event.client().userAgent()));
    }

    private ReadEvent failed(UnreadableEvent failure, long fingerprint, RawRecord record, long processedAt) {
        String givenId = identifiers.of(failure.eventId());
        String eventId = givenId == null ? Digests.contentUuid(record.value()) : givenId;
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
        return new ReadEvent(row, eventId, fingerprint, null, 0, receivedAt);
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }
}
