package io.openclickstream.flight.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.auth2.CallHeaderAuthenticator;

/** Knows a client by name and password, for which it gives a token, or by that token. All else gets the same answer. */
public final class Login implements CallHeaderAuthenticator {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PURPOSE = "token";
    private static final String HEADER = "authorization";
    private static final String BASIC = "basic ";
    private static final String BEARER = "bearer ";

    private final Users users;
    private final Sealed sealed;
    private final Duration life;
    private final Clock clock;

    /** Tokens live so long. */
    public Login(Users users, Sealed sealed, Duration life, Clock clock) {
        this.users = users;
        this.sealed = sealed;
        this.life = life;
        this.clock = clock;
    }

    private record Known(String getPeerIdentity, String token) implements AuthResult {
        @Override
        public void appendToOutgoingHeaders(CallHeaders headers) {
            headers.insert(HEADER, "Bearer " + token);
        }
    }

    @Override
    public AuthResult authenticate(CallHeaders headers) {
        String value = headers.get(HEADER);
        if (value != null && value.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return byPassword(value.substring(BASIC.length()).strip()).orElseThrow(Login::unknown);
        }
        if (value != null && value.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return byToken(value.substring(BEARER.length()).strip()).orElseThrow(Login::unknown);
        }
        throw CallStatus.UNAUTHENTICATED.withDescription("log in with a name and a password").toRuntimeException();
    }

    private static RuntimeException unknown() {
        return CallStatus.UNAUTHENTICATED.withDescription("the name, the password or the token is wrong, or the token is too old").toRuntimeException();
    }

    private Optional<AuthResult> byPassword(String encoded) {
        String pair;
        try {
            pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        int colon = pair.indexOf(':');
        if (colon < 1 || !users.isRight(pair.substring(0, colon), pair.substring(colon + 1))) {
            return Optional.empty();
        }
        String user = pair.substring(0, colon);
        return isHeaderText(user) ? Optional.of(new Known(user, token(user))) : Optional.empty();
    }

    /** The name goes into a header for Trino. */
    private static boolean isHeaderText(String user) {
        return user.chars().allMatch(character -> character >= ' ' && character < 127);
    }

    private String token(String user) {
        ObjectNode content = JSON.createObjectNode()
            .put("user", user).put("until", clock.instant().plus(life).getEpochSecond()).put("mark", users.mark(user, sealed).orElse(""));
        try {
            return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed.seal(PURPOSE, JSON.writeValueAsBytes(content)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<AuthResult> byToken(String token) {
        try {
            Optional<byte[]> content = sealed.open(PURPOSE, Base64.getUrlDecoder().decode(token));
            if (content.isEmpty()) {
                return Optional.empty();
            }
            JsonNode claims = JSON.readTree(content.get());
            String user = claims.path("user").asText();
            boolean isFresh = clock.instant().getEpochSecond() <= claims.path("until").asLong();
            boolean isSame = users.mark(user, sealed).filter(claims.path("mark").asText()::equals).isPresent();
            return isFresh && isSame ? Optional.of(new Known(user, token)) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
