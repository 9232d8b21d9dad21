package io.openclickstream.stream.enrich;

import java.util.ArrayList;
import java.util.List;

/** The enrichments that there are, in the order in which they are applied. */
public final class Enrichments {
    private Enrichments() {
    }

    /** Those that are switched on. */
    public static List<Enrichment> of(EnrichmentSettings settings) {
        List<Enrichment> enrichments = new ArrayList<>();
        if (settings.referrer()) {
            enrichments.add(new ReferrerEnrichment());
        }
        if (settings.campaign()) {
            enrichments.add(new CampaignEnrichment());
        }
        if (settings.userAgent()) {
            enrichments.add(new UserAgentEnrichment());
        }
        return List.copyOf(enrichments);
    }
}
