package io.openclickstream.stream.enrich;

import io.openclickstream.model.EventColumns;
import io.openclickstream.model.OutputRow;
import io.openclickstream.stream.parse.Event;
import io.openclickstream.stream.parse.SiteHosts;
import io.openclickstream.stream.parse.UrlParts;

/** Where a visit came from: the referrer's host and its class. */
final class ReferrerEnrichment implements Enrichment {
    private final SiteHosts siteHosts;

    /** The hosts of one's own site, a visit from which is internal. */
    ReferrerEnrichment(SiteHosts siteHosts) {
        this.siteHosts = siteHosts;
    }

    @Override
    public void apply(OutputRow row, Event event) {
        String referrer = event.page().referrer();
        String host = UrlParts.of(referrer).host();
        String type = event.logged().site().isOwn(host, siteHosts)
            ? Referrers.INTERNAL
            : Referrers.classify(referrer, host, row.get(EventColumns.PAGE_HOST));
        row.set(EventColumns.REFERRER_HOST, host).set(EventColumns.REFERRER_CLASS, type);
    }
}
