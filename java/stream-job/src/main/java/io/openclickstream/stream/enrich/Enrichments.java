package io.openclickstream.stream.enrich;

import io.openclickstream.model.JobDocument;
import io.openclickstream.stream.parse.SiteHosts;
import java.util.ArrayList;
import java.util.List;

/** The enrichments that there are, in the order in which they are applied. */
public final class Enrichments {
    /** All switched on. */
    public static final JobDocument.Enrichments ALL = new JobDocument.Enrichments(true, true, true);

    private Enrichments() {
    }

    /** Those that are switched on; the hosts are those of one's own site. */
    public static List<Enrichment> of(JobDocument.Enrichments switches, SiteHosts siteHosts) {
        List<Enrichment> enrichments = new ArrayList<>();
        if (switches.referrer()) {
            enrichments.add(new ReferrerEnrichment(siteHosts));
        }
        if (switches.campaign()) {
            enrichments.add(new CampaignEnrichment());
        }
        if (switches.userAgent()) {
            enrichments.add(new UserAgentEnrichment());
        }
        return List.copyOf(enrichments);
    }
}
