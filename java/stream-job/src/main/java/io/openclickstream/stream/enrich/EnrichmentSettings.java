package io.openclickstream.stream.enrich;

import java.io.Serializable;

/**
 * Which enrichments are applied. The columns of one that is not stay null.
 *
 * @param referrer host and class of the referrer
 * @param campaign parameters of campaigns and click identifiers
 * @param userAgent browser, operating system, device, and whether it is a bot
 */
public record EnrichmentSettings(boolean referrer, boolean campaign, boolean userAgent) implements Serializable {
    /** All of them. */
    public static final EnrichmentSettings ALL = new EnrichmentSettings(true, true, true);
}
