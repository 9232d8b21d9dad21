package io.openclickstream.stream.enrich;

import java.util.List;

/**
 * A parameter that an advertising network adds to the address that a click leads to.
 *
 * @param name name of the parameter
 * @param network the network, in small letters
 */
record ClickParameter(String name, String network) {
    /** The first of them that is there counts. */
    static final List<ClickParameter> ALL = List.of(
        new ClickParameter("gclid", "google"),
        new ClickParameter("gbraid", "google"),
        new ClickParameter("wbraid", "google"),
        new ClickParameter("dclid", "google"),
        new ClickParameter("msclkid", "microsoft"),
        new ClickParameter("fbclid", "meta"),
        new ClickParameter("ttclid", "tiktok"),
        new ClickParameter("twclid", "x"),
        new ClickParameter("li_fat_id", "linkedin"),
        new ClickParameter("epik", "pinterest"),
        new ClickParameter("ScCid", "snapchat"),
        new ClickParameter("rdt_cid", "reddit"),
        new ClickParameter("qclid", "quora"),
        new ClickParameter("yclid", "yandex"),
        new ClickParameter("ymclid", "yandex"),
        new ClickParameter("tblci", "taboola"),
        new ClickParameter("dicbo", "outbrain"),
        new ClickParameter("vmcid", "yahoo"),
        new ClickParameter("ndclid", "nextdoor"),
        new ClickParameter("irclickid", "impact"),
        new ClickParameter("cjevent", "cj"),
        new ClickParameter("awc", "awin"));
}
