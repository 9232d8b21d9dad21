package io.openclickstream.stream.enrich;

import io.openclickstream.stream.model.Row;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Fills the columns that are derived from an event's addresses and user agent. */
public final class Enrichment {
    private static final List<String> CAMPAIGN =
        List.of("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content");
    private static final List<String> CLICK_IDS = List.of("gclid", "fbclid", "msclkid", "dclid", "ttclid", "twclid");
    private static final Set<String> PARAMETERS = parameters();

    private Enrichment() {
    }

    /** Columns of the page, its campaign and the referrer; both addresses may be null. */
    public static void addPage(Row row, String pageUrl, String referrerUrl) {
        UrlParts page = UrlParts.of(pageUrl);
        row.set("page_url", pageUrl)
            .set("page_scheme", page.scheme())
            .set("page_host", page.host())
            .set("page_path", page.path())
            .set("page_query", page.query())
            .set("page_fragment", page.fragment());
        String referrerHost = UrlParts.of(referrerUrl).host();
        row.set("referrer_url", referrerUrl)
            .set("referrer_host", referrerHost)
            .set("referrer_class", Referrers.classify(referrerUrl, referrerHost, page.host()));
        Map<String, String> parameters = QueryParameters.pick(page.query(), PARAMETERS);
        for (String name : CAMPAIGN) {
            row.set(name, parameters.get(name));
        }
        for (String name : CLICK_IDS) {
            if (row.get("click_id") == null) {
                row.set("click_id", parameters.get(name));
            }
        }
    }

    /** Columns of the client; both arguments may be null. */
    public static void addClient(Row row, String ip, String userAgent) {
        row.set("ip", ip).set("user_agent", userAgent);
        if (userAgent == null) {
            return;
        }
        UserAgentParts parts = UserAgents.parse(userAgent);
        row.set("browser_name", parts.browserName())
            .set("browser_version", parts.browserVersion())
            .set("os_name", parts.osName())
            .set("os_version", parts.osVersion())
            .set("device_name", parts.deviceName())
            .set("is_bot", parts.isBot());
    }

    private static Set<String> parameters() {
        Set<String> names = new TreeSet<>(CAMPAIGN);
        names.addAll(CLICK_IDS);
        return Set.copyOf(names);
    }
}
