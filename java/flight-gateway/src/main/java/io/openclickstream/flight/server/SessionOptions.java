package io.openclickstream.flight.server;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.flight.access.Sealed;
import io.openclickstream.flight.types.ZonedTimestamps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightServerMiddleware;

/** The options of a client's session. The client keeps them in a signed cookie, so that any replica knows them. */
final class SessionOptions implements FlightServerMiddleware {
    static final Key<SessionOptions> KEY = Key.of("session-options");
    static final String CATALOG = "catalog";
    static final String SCHEMA = "schema";
    static final String TIME_ZONE = "time_zone";
    static final String ZONED_TIMESTAMPS = "zoned_timestamps";
    private static final Set<String> KNOWN = Set.of(CATALOG, SCHEMA, TIME_ZONE, ZONED_TIMESTAMPS);
    private static final int LONGEST = 256;
    private static final String COOKIE = "flight-session";
    private static final String PURPOSE = "session";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Sealed sealed;
    private final boolean wasGiven;
    private final Map<String, String> values;
    private boolean isChanged;
    private boolean isClosed;

    private SessionOptions(Sealed sealed, Optional<Map<String, String>> given) {
        this.sealed = sealed;
        this.wasGiven = given.isPresent();
        this.values = new TreeMap<>(given.orElse(Map.of()));
    }

    /** Reads the cookie of each call. */
    static Factory<SessionOptions> factory(Sealed sealed) {
        return (info, headers, context) -> new SessionOptions(sealed, read(sealed, headers));
    }

    private static Optional<Map<String, String>> read(Sealed sealed, CallHeaders headers) {
        Iterable<String> all = headers.getAll("cookie");
        if (all == null) {
            return Optional.empty();
        }
        for (String header : all) {
            for (String cookie : header.split(";")) {
                String[] pair = cookie.strip().split("=", 2);
                String value = pair.length == 2 ? pair[1].replace("\"", "") : "";
                if (pair[0].equals(COOKIE) && !value.isEmpty()) {
                    return Optional.of(open(sealed, value));
                }
            }
        }
        return Optional.empty();
    }

    private static Map<String, String> open(Sealed sealed, String cookie) {
        try {
            byte[] content = sealed.open(PURPOSE, Base64.getUrlDecoder().decode(cookie)).orElseThrow(() -> new IOException("signed with another key"));
            return JSON.readValue(content, new TypeReference<Map<String, String>>() { });
        } catch (IllegalArgumentException | IOException e) {
            throw CallStatus.UNAUTHENTICATED.withDescription("the session's cookie is none of this gateway").toRuntimeException();
        }
    }

    /** Null where the client has not set it. */
    synchronized String get(String option) {
        return values.get(option);
    }

    synchronized Map<String, String> all() {
        return Map.copyOf(values);
    }

    boolean wasGiven() {
        return wasGiven;
    }

    static boolean isKnown(String option) {
        return KNOWN.contains(option);
    }

    /** Sets an option, or takes it away with null; false when the value is none for it. */
    synchronized boolean set(String option, String value) {
        if (value == null || value.isEmpty()) {
            values.remove(option);
        } else if (!isValue(option, value)) {
            return false;
        } else {
            values.put(option, option.equals(ZONED_TIMESTAMPS) ? value.toLowerCase(Locale.ROOT) : value);
        }
        isChanged = true;
        return true;
    }

    private static boolean isValue(String option, String value) {
        return switch (option) {
            case TIME_ZONE -> isZone(value);
            case ZONED_TIMESTAMPS -> Arrays.stream(ZonedTimestamps.values()).anyMatch(one -> one.name().equalsIgnoreCase(value));
            // They go into headers for Trino.
            default -> value.length() <= LONGEST && value.chars().allMatch(character -> character > ' ' && character < 127 && character != ',');
        };
    }

    private static boolean isZone(String value) {
        try {
            ZoneId.of(value);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    synchronized void end() {
        values.clear();
        isClosed = true;
    }

    @Override
    public synchronized void onBeforeSendingHeaders(CallHeaders headers) {
        if (isClosed) {
            headers.insert("set-cookie", COOKIE + "=; Max-Age=0");
        } else if (isChanged) {
            try {
                headers.insert("set-cookie", COOKIE + "=" + Base64.getUrlEncoder().withoutPadding().encodeToString(sealed.seal(PURPOSE, JSON.writeValueAsBytes(values))));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void onCallCompleted(CallStatus status) {
        // Nothing is kept.
    }

    @Override
    public void onCallErrored(Throwable error) {
        // Nothing is kept.
    }
}
