package io.openclickstream.stream.profile;

import io.openclickstream.model.Column;
import io.openclickstream.model.EventColumns;
import io.openclickstream.profiles.Campaign;
import io.openclickstream.profiles.EventFacts;
import io.openclickstream.profiles.Moment;
import io.openclickstream.profiles.PlacedEvent;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.stream.Stream;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.util.DateTimeUtil;

/** What a profile takes from a row of the events table. */
final class EventReading {
    /** The columns to read. */
    static final List<String> COLUMNS = Stream.<Column<?>>of(
        EventColumns.EVENT_ID,
        EventColumns.EVENT_TYPE,
        EventColumns.EVENT_TIME,
        EventColumns.RECEIVED_AT,
        EventColumns.PROCESSED_AT,
        EventColumns.IS_FUTURE,
        EventColumns.VISITOR_ID,
        EventColumns.USER_ID,
        EventColumns.SESSION_EVENT_INDEX,
        EventColumns.PAGE_URL,
        EventColumns.PAGE_TITLE,
        EventColumns.UTM_SOURCE,
        EventColumns.UTM_MEDIUM,
        EventColumns.UTM_CAMPAIGN,
        EventColumns.UTM_TERM,
        EventColumns.UTM_CONTENT,
        EventColumns.CLICK_ID,
        EventColumns.CLICK_NETWORK,
        EventColumns.KAFKA_PARTITION,
        EventColumns.KAFKA_OFFSET).map(Column::name).toList();
    private static final String PAGE_VIEW = "page_view";

    private EventReading() {
    }

    static String visitor(Record row) {
        return text(row, EventColumns.VISITOR_ID);
    }

    /** When the collector received it, in microseconds since the epoch. */
    static long receivedAt(Record row) {
        return micros(row, EventColumns.RECEIVED_AT);
    }

    static PlacedEvent event(Record row) {
        String type = text(row, EventColumns.EVENT_TYPE);
        boolean isPage = PAGE_VIEW.equals(type);
        EventFacts facts = new EventFacts(
            new Moment(time(row), EventFacts.markOf(text(row, EventColumns.EVENT_ID))),
            type,
            number(row, EventColumns.SESSION_EVENT_INDEX) == 1,
            isPage ? text(row, EventColumns.PAGE_URL) : null,
            isPage ? text(row, EventColumns.PAGE_TITLE) : null,
            new Campaign(
                text(row, EventColumns.UTM_SOURCE),
                text(row, EventColumns.UTM_MEDIUM),
                text(row, EventColumns.UTM_CAMPAIGN),
                text(row, EventColumns.UTM_TERM),
                text(row, EventColumns.UTM_CONTENT),
                text(row, EventColumns.CLICK_ID),
                text(row, EventColumns.CLICK_NETWORK)).orNull(),
            text(row, EventColumns.USER_ID));
        return new PlacedEvent(
            (int) number(row, EventColumns.KAFKA_PARTITION), number(row, EventColumns.KAFKA_OFFSET), facts);
    }

    /** As for the sessions: a clock that is far ahead would make the visitor's last event one that is still to come. */
    private static long time(Record row) {
        boolean isFuture = Boolean.TRUE.equals(row.getField(EventColumns.IS_FUTURE.name()));
        return micros(row, isFuture ? EventColumns.RECEIVED_AT : EventColumns.EVENT_TIME);
    }

    private static long micros(Record row, Column<Long> column) {
        return DateTimeUtil.microsFromTimestamptz((OffsetDateTime) row.getField(column.name()));
    }

    private static long number(Record row, Column<? extends Number> column) {
        return ((Number) row.getField(column.name())).longValue();
    }

    private static String text(Record row, Column<String> column) {
        return (String) row.getField(column.name());
    }
}
