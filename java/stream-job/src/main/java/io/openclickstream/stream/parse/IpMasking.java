package io.openclickstream.stream.parse;

import io.openclickstream.model.Masking;
import io.openclickstream.stream.accesslog.Addresses;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is kept of an IP address, by the collector's rule: 24 bits of IPv4, 48 of IPv6. */
public final class IpMasking {
    private static final int IPV4_BYTES = 4;
    private static final int KEPT_IPV6_BYTES = 6;
    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    /** What may be an address in a line; a version behind a slash is none. */
    private static final Pattern ADDRESS = Pattern.compile("(?<![\\w./:-])[0-9a-fA-F:.]{3,53}(?![\\w-])");
    private static final String NOTHING = "-";
    /** The property of a log line's further fields. */
    static final String LOG_EXTRA = "log_extra";
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private IpMasking() {
    }

    /** What is stored; null for what is no address, such as a host's name, which may tell as much. Null stays null. */
    public static String mask(Masking masking, String address) {
        if (address == null) {
            return null;
        }
        return switch (masking) {
            case NONE -> address;
            case LAST_OCTET -> maskLastOctet(address.split("%", 2)[0]);
            case DROP -> null;
        };
    }

    /**
     * A line of a log with what is kept of each address in it. The client's own host is masked whatever it is, as a name may tell
     * as much. Null stays null.
     */
    public static String maskText(Masking masking, String line, String client) {
        if (masking == Masking.NONE || line == null) {
            return line;
        }
        String masked = ADDRESS.matcher(line).replaceAll(word -> Matcher.quoteReplacement(maskWord(masking, word.group())));
        if (client == null || Addresses.of(client) != null) {
            return masked;
        }
        return Pattern.compile("(?<![\\w.-])" + Pattern.quote(client) + "(?![\\w.-])", Pattern.CASE_INSENSITIVE).matcher(masked).replaceAll(NOTHING);
    }

    /** Properties of a log line, among which its further fields may hold addresses. Null stays null. */
    public static Map<String, String> maskLogged(Masking masking, Map<String, String> properties) {
        if (masking == Masking.NONE || properties == null || !properties.containsKey(LOG_EXTRA)) {
            return properties;
        }
        Map<String, String> masked = new TreeMap<>(properties);
        masked.computeIfPresent(LOG_EXTRA, (name, text) -> maskText(masking, text, null));
        return masked;
    }

    private static String maskWord(Masking masking, String word) {
        String address = Addresses.of(word);
        if (address == null) {
            return word;
        }
        String masked = mask(masking, address);
        return word.replace(address, masked == null ? NOTHING : masked);
    }

    private static String maskLastOctet(String address) {
        if (!IPV4.matcher(address).matches() && !IPV6.matcher(address).matches()) {
            return null;
        }
        try {
            // Never asks the DNS: the one form is four numbers, and in brackets nothing but a number is allowed.
            byte[] bytes = InetAddress.getByName(address.contains(":") ? "[" + address + "]" : address).getAddress();
            return bytes.length == IPV4_BYTES
                ? (bytes[0] & 0xff) + "." + (bytes[1] & 0xff) + "." + (bytes[2] & 0xff) + ".0"
                : prefix(bytes);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /** The first 48 bits, written as the collector does: without trailing zeros, for example {@code 2001:db8:1::}. */
    private static String prefix(byte[] bytes) {
        StringBuilder prefix = new StringBuilder();
        for (int index = 0; index < KEPT_IPV6_BYTES; index += 2) {
            int group = (bytes[index] & 0xff) << 8 | bytes[index + 1] & 0xff;
            prefix.append(index == 0 ? "" : ":").append(Integer.toHexString(group));
        }
        return prefix.toString().replaceFirst("(^|:)0(:0)*$", "") + "::";
    }
}
