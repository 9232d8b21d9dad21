package io.openclickstream.stream.enrich;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import ua_parser.Client;
import ua_parser.Parser;

/**
 * Parses user agents by ua-parser's rules and the lists of robots, remembering those that come often: a parse tries thousands of
 * expressions and takes about a millisecond, while a site sees the same few thousand user agents over and over.
 */
public final class UserAgents {
    /** Longer user agents are parsed by their beginning only, which bounds the time that a hostile one can cost. */
    static final int MAX_PARSED_LENGTH = 512;
    private static final int REMEMBERED = 20_000;
    private static final String UNKNOWN = "Other";
    private static final String ROBOT_DEVICE = "Spider";

    /** Shared by all tasks of a process. Cleans up on the thread that uses it: it needs none of its own. */
    private static final Cache<String, UserAgentParts> LATEST =
        Caffeine.newBuilder().maximumSize(REMEMBERED).executor(Runnable::run).build();

    private UserAgents() {
    }

    /** Loads the rules at first use, as that takes a second. */
    private static final class Rules {
        static final Parser PARSER = new Parser();
    }

    /** The parts of a user agent; never fails. */
    public static UserAgentParts parse(String userAgent) {
        String text = userAgent.length() > MAX_PARSED_LENGTH ? userAgent.substring(0, MAX_PARSED_LENGTH) : userAgent;
        return LATEST.get(text, UserAgents::parseAnew);
    }

    private static UserAgentParts parseAnew(String userAgent) {
        Client client = Rules.PARSER.parse(userAgent);
        String listed = Robots.classOf(userAgent);
        String botClass = listed == null && ROBOT_DEVICE.equals(client.device.family) ? Robots.OTHER : listed;
        return new UserAgentParts(
            known(client.userAgent.family),
            version(client.userAgent.major, client.userAgent.minor, client.userAgent.patch),
            known(client.os.family),
            version(client.os.major, client.os.minor, client.os.patch),
            known(client.device.family),
            botClass);
    }

    private static String known(String family) {
        return UNKNOWN.equals(family) ? null : family;
    }

    private static String version(String... numbers) {
        String version = Stream.of(numbers).takeWhile(number -> number != null && !number.isEmpty())
            .collect(Collectors.joining("."));
        return version.isEmpty() ? null : version;
    }
}
