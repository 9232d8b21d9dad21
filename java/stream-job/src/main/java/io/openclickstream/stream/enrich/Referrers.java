package io.openclickstream.stream.enrich;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Tells where a visit came from by the referrer's host, from the table in referrers.tsv. */
final class Referrers {
    static final String DIRECT = "direct";
    static final String INTERNAL = "internal";
    static final String OTHER = "other";
    /** Schemes of apps end so: android-app, ios-app. */
    private static final String APP = "-app";
    /** Comes before an app's package in the table: it is no host, and none of its endings is one. */
    private static final String APPS = "app:";
    /** No host in the DNS is longer; looking up every ending of one that is would cost the square of its length. */
    private static final int MAX_HOST_LENGTH = 253;
    private static final Map<String, String> CLASSES = load();

    private Referrers() {
    }

    /** The class of a referrer; all three arguments may be null. The host of an app is its package or number. */
    static String classify(String referrerUrl, String referrerHost, String pageHost) {
        if (referrerUrl == null) {
            return DIRECT;
        }
        if (referrerHost == null || referrerHost.length() > MAX_HOST_LENGTH) {
            return OTHER;
        }
        int scheme = referrerUrl.indexOf("://");
        if (scheme > 0 && referrerUrl.regionMatches(true, scheme - APP.length(), APP, 0, APP.length())) {
            return CLASSES.getOrDefault(APPS + referrerHost, OTHER);
        }
        if (pageHost != null && isSameSite(referrerHost, pageHost)) {
            return INTERNAL;
        }
        // The longest ending of the host that is in the table: mail.google.com is email, though google.com is search.
        for (String ending = referrerHost; ending != null; ending = parent(ending)) {
            String found = CLASSES.getOrDefault(ending, CLASSES.get(wildcard(ending)));
            if (found != null) {
                return found;
            }
        }
        return OTHER;
    }

    private static boolean isSameSite(String one, String other) {
        String first = withoutWww(one);
        String second = withoutWww(other);
        return first.equals(second) || first.endsWith("." + second) || second.endsWith("." + first);
    }

    private static String withoutWww(String host) {
        return host.startsWith("www.") ? host.substring("www.".length()) : host;
    }

    private static String parent(String host) {
        int dot = host.indexOf('.');
        return dot < 0 ? null : host.substring(dot + 1);
    }

    /** "google.*" stands for google.com, google.de and google.co.uk, yet not for google.example.com. */
    private static String wildcard(String host) {
        int dot = host.indexOf('.');
        if (dot <= 0) {
            return host;
        }
        String country = host.substring(dot + 1);
        boolean isCountry = country.indexOf('.') < 0 || country.startsWith("co.") || country.startsWith("com.");
        return isCountry ? host.substring(0, dot) + ".*" : host;
    }

    private static Map<String, String> load() {
        Map<String, String> classes = new HashMap<>();
        try (BufferedReader table = new BufferedReader(new InputStreamReader(
            Referrers.class.getResourceAsStream("/referrers.tsv"), StandardCharsets.UTF_8))) {
            for (String line = table.readLine(); line != null; line = table.readLine()) {
                String[] fields = line.split("\t");
                if (!line.startsWith("#") && fields.length == 2) {
                    classes.put(fields[1], fields[0]);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("referrers.tsv cannot be read", e);
        }
        return classes;
    }
}
