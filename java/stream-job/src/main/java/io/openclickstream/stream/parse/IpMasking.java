package io.openclickstream.stream.parse;

import io.openclickstream.model.Masking;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** What is kept of an IP address, by the collector's rule: 24 bits of IPv4, 48 of IPv6. */
public final class IpMasking {
    private static final int IPV4_BYTES = 4;
    private static final int KEPT_IPV6_BYTES = 6;
    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
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
