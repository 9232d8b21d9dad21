package io.openclickstream.stream.rows;

import io.openclickstream.model.Masking;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * What the pipeline says about the making of rows.
 *
 * @param masking what is kept of client addresses
 * @param absentIds words that stand for no identifier
 * @param watermark how far ahead of its receipt an event's time may be
 */
public record RowRules(Masking masking, List<String> absentIds, Duration watermark) implements Serializable {
}
