package io.openclickstream.stream.enrich;

import io.openclickstream.model.Column;
import io.openclickstream.model.EventColumns;
import io.openclickstream.model.OutputRow;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Fills the columns that are derived from an event's addresses and user agent. */
public final class Enrichment {
    private static final List<Column<String>> CAMPAIGN = List.of(
        EventColumns.UTM_SOURCE, EventColumns.UTM_MEDIUM, EventColumns.UTM_CAMPAIGN, EventColumns.UTM_TERM, EventColumns.UTM_CONTENT);
    private static final List<String> CLICK_IDS = List.of("gclid", "fbclid", "msclkid", "dclid", "ttclid", "twclid");
    private static final Set<String> PARAMETERS = parameters();

    private Enrichment() {
    }

    /** Columns of the page, its campaign and the referrer; both addresses may be null. */
    public static void addPage(OutputRow row, String pageUrl, String referrerUrl) {
        UrlParts page = UrlParts.of(pageUrl);
        row.set(EventColumns.PAGE_URL, pageUrl)
            .set(EventColumns.PAGE_SCHEME, page.scheme())
            .set(EventColumns.PAGE_HOST, page.host())
            .set(EventColumns.PAGE_PATH, page.path())
            .set(EventColumns.PAGE_QUERY, page.query())
            .set(EventColumns.PAGE_FRAGMENT, page.fragment());
        String referrerHost = UrlParts.of(referrerUrl).host();
        row.set(EventColumns.REFERRER_URL, referrerUrl)
            .set(EventColumns.REFERRER_HOST, referrerHost)
            .set(EventColumns.REFERRER_CLASS, Referrers.classify(referrerUrl, referrerHost, page.host()));
        Map<String, String> parameters = QueryParameters.pick(page.query(), PARAMETERS);
        for (Column<String> column : CAMPAIGN) {
            row.set(column, parameters.get(column.name()));
        }
        for (String name : CLICK_IDS) {
            if (row.get(EventColumns.CLICK_ID) == null) {
                row.set(EventColumns.CLICK_ID, parameters.get(name));
            }
        }
    }

    /** Columns of the client; both arguments may be null. */
    public static void addClient(OutputRow row, String ip, String userAgent) {
        row.set(EventColumns.IP, ip).set(EventColumns.USER_AGENT, userAgent);
        if (userAgent == null) {
            return;
        }
        UserAgentParts parts = UserAgents.parse(userAgent);
        row.set(EventColumns.BROWSER_NAME, parts.browserName())
            .set(EventColumns.BROWSER_VERSION, parts.browserVersion())
            .set(EventColumns.OS_NAME, parts.osName())
            .set(EventColumns.OS_VERSION, parts.osVersion())
            .set(EventColumns.DEVICE_NAME, parts.deviceName())
            .set(EventColumns.IS_BOT, parts.isBot());
    }

    private static Set<String> parameters() {
        Set<String> names = new TreeSet<>(CLICK_IDS);
        CAMPAIGN.forEach(column -> names.add(column.name()));
        return Set.copyOf(names);
    }
}
