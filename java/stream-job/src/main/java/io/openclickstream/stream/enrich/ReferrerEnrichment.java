package io.openclickstream.stream.enrich;

import io.openclickstream.model.EventColumns;
import io.openclickstream.model.OutputRow;
import io.openclickstream.stream.parse.Event;
import io.openclickstream.stream.parse.UrlParts;

/** Where a visit came from: the referrer's host and its class. */
final class ReferrerEnrichment implements Enrichment {
    @Override
    public void apply(OutputRow row, Event event) {
        String referrer = event.page().referrer();
        String host = UrlParts.of(referrer).host();
        row.set(EventColumns.REFERRER_HOST, host)
            .set(EventColumns.REFERRER_CLASS, Referrers.classify(referrer, host, row.get(EventColumns.PAGE_HOST)));
    }
}
