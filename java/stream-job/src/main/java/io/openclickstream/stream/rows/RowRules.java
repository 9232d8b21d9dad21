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
 * @param siteHosts hosts of one's own site
 * @param watermark how far ahead of its receipt an event's time may be
 */
public record RowRules(Masking masking, List<String> absentIds, List<String> siteHosts, Duration watermark) implements Serializable {
}
