package io.openclickstream.stream.accesslog;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** IP addresses as servers log them: with a port behind, in brackets, and several of them for a request that came through proxies. */
public final class Addresses {
    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final String PORT = "(?::\\d{1,5})?";
    private static final Pattern IPV4 = Pattern.compile("(?<address>" + OCTET + "(?:\\." + OCTET + "){3})" + PORT);
    /** Without brackets a port cannot be told from the address's own end. */
    private static final Pattern IPV6 = Pattern.compile(
        "\\[(?<inner>[0-9a-fA-F:.]{2,45})(?:%[^\\]\\s]{1,32})?\\]" + PORT + "|(?<bare>[0-9a-fA-F:.]{2,45})(?:%[\\w.-]{1,32})?");
    private static final int LONGEST = 100;

    private Addresses() {
    }

    /** The address that the word is, without brackets, port and zone; null when it is none. */
    public static String of(String word) {
        if (word.length() > LONGEST) {
            return null;
        }
        Matcher four = IPV4.matcher(word);
        if (four.matches()) {
            return four.group("address");
        }
        Matcher six = IPV6.matcher(word);
        if (!six.matches()) {
            return null;
        }
        String address = six.group("inner") == null ? six.group("bare") : six.group("inner");
        return address.indexOf(':') >= 0 && bytes(address) != null ? address : null;
    }

    /** The addresses of a text such as {@code 203.0.113.9, unknown, 10.0.0.1}; none when it is anything else. */
    static List<String> chain(String text) {
        List<String> addresses = new ArrayList<>();
        for (String part : text.split(",")) {
            String word = part.strip();
            String address = of(word);
            if (address != null) {
                addresses.add(address);
            } else if (!isNone(word)) {
                return List.of();
            }
        }
        return addresses;
    }

    /** The client among the addresses that a request passed by: the first that is public, else the first; null of none. */
    static String client(List<String> addresses) {
        return addresses.stream().filter(Addresses::isPublic).findFirst().orElse(addresses.isEmpty() ? null : addresses.get(0));
    }

    /**
     * The client, where a server logs its peer and also what {@code X-Forwarded-For} said. Anybody can send that header; it is believed
     * of a peer with a private address, which is a proxy of one's own.
     */
    static String client(String peer, String forwardedFor) {
        String address = peer == null ? null : of(peer);
        if (forwardedFor == null || address != null && isPublic(address)) {
            return peer == null || address == null ? peer : address;
        }
        String forwarded = client(chain(forwardedFor));
        return forwarded == null || peer != null && !isPublic(forwarded) ? (address == null ? peer : address) : forwarded;
    }

    /** Whether a log says with this word that there is nothing. */
    static boolean isNone(String word) {
        return word.isEmpty() || word.equals("-") || word.equals("\"\"") || word.equalsIgnoreCase("unknown");
    }

    /** Whether the address is of a network of the internet, and not of a private one. */
    static boolean isPublic(String address) {
        byte[] bytes = bytes(address);
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        if (bytes.length == 4) {
            return !(first == 10 || first == 127 || first == 172 && second >> 4 == 1 || first == 192 && second == 168
                || first == 169 && second == 254 || first == 100 && second >> 6 == 1);
        }
        boolean isLoopback = first == 0 && second == 0 && bytes[15] == 1 && address.startsWith("::");
        return !(isLoopback || (first & 0xfe) == 0xfc || first == 0xfe && second >> 6 == 2);
    }

    /** The bytes of an address that an address of IPv4 in IPv6 has as IPv4; null when the text is none. */
    private static byte[] bytes(String address) {
        try {
            // Never asks the DNS: the one form is four numbers, and in brackets nothing but a number is allowed.
            return InetAddress.getByName(address.contains(":") ? "[" + address + "]" : address).getAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
