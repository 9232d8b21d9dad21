package io.openclickstream.stream.enrich;

import io.openclickstream.model.EventColumns;
import io.openclickstream.model.OutputRow;
import io.openclickstream.stream.parse.Event;

/** Browser, operating system and device, and what for a robot it is, as far as the user agent tells. */
final class UserAgentEnrichment implements Enrichment {
    @Override
    public void apply(OutputRow row, Event event) {
        if (event.client().userAgent() == null) {
            return;
        }
        UserAgentParts parts = UserAgents.parse(event.client().userAgent());
        row.set(EventColumns.BROWSER_NAME, parts.browserName())
            .set(EventColumns.BROWSER_VERSION, parts.browserVersion())
            .set(EventColumns.OS_NAME, parts.osName())
            .set(EventColumns.OS_VERSION, parts.osVersion())
            .set(EventColumns.DEVICE_NAME, parts.deviceName())
            .set(EventColumns.IS_BOT, parts.isBot())
            .set(EventColumns.BOT_CLASS, parts.botClass());
    }
}
