package io.openclickstream.stream.parse;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The hosts that a site has: those that were named, and all below them. */
public final class SiteHosts {
    /** Of a site whose hosts nobody named. */
    public static final SiteHosts NONE = new SiteHosts(List.of());
    private static final String WWW = "www.";
    /** No host in the DNS is longer; looking up every ending of one that is would cost the square of its length. */
    private static final int MAX_HOST_LENGTH = 253;

    private final Set<String> hosts;

    /** The hosts in small or capital letters. */
    public SiteHosts(Collection<String> hosts) {
        this.hosts = hosts.stream().map(SiteHosts::normal).filter(host -> !host.isEmpty()).collect(Collectors.toUnmodifiableSet());
    }

    public boolean isEmpty() {
        return hosts.isEmpty();
    }

    /** Whether the host, in lower case, is one of the site; null is none. */
    public boolean contains(String host) {
        if (host == null || hosts.isEmpty() || host.length() > MAX_HOST_LENGTH) {
            return false;
        }
        for (String ending = host; !ending.isEmpty();) {
            if (hosts.contains(ending)) {
                return true;
            }
            int dot = ending.indexOf('.');
            ending = dot < 0 ? "" : ending.substring(dot + 1);
        }
        return false;
    }

    private static String normal(String host) {
        String lower = host.strip().toLowerCase(Locale.ROOT);
        return lower.startsWith(WWW) ? lower.substring(WWW.length()) : lower;
    }
}
