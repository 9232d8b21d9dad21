package io.openclickstream.flight.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.model.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Optional;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Who may connect")
class AccessTest {
    private static final Sealed SEALED = new Sealed(new byte[32]);
    /** PBKDF2 with HMAC-SHA256 of "password" with the salt "saltSALT", twice, from Python's hashlib. */
    private static final String HASHED = "{pbkdf2-sha256}2:73616c7453414c54:a0f30e25e8659c36a09589490d64a6b12e0c383c57aec18eda5ebea3f137aedb";

    @TempDir
    Path folder;

    private Path users(String content) throws IOException {
        Path file = folder.resolve("users");
        Files.writeString(file, content);
        return file;
    }

    private static Login login(Users users, Instant now) {
        return new Login(users, SEALED, Duration.ofMinutes(1), Clock.fixed(now, ZoneOffset.UTC));
    }

    private static CallHeaders header(String value) {
        CallHeaders headers = new FlightCallHeaders();
        headers.insert("authorization", value);
        return headers;
    }

    private static CallHeaders basic(String pair) {
        return header("Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    }

    private static void refused(Login login, CallHeaders headers) {
        FlightRuntimeException refused = assertThrows(FlightRuntimeException.class, () -> login.authenticate(headers));
        assertEquals(FlightStatusCode.UNAUTHENTICATED, refused.status().code());
        assertFalse(refused.getMessage().contains("ann"), refused.getMessage());
    }

    @Test
    @DisplayName("is known by password, then by a token that ends with its time, with the password and with the user")
    void tokens() throws IOException {
        Instant now = Instant.parse("2026-12-01T00:00:00Z");
        Path file = users("ann:se:cret\nbob:b\n");
        Users users = Users.of(file);
        CallHeaders out = new FlightCallHeaders();
        login(users, now).authenticate(basic("ann:se:cret")).appendToOutgoingHeaders(out);
        CallHeaders bearer = header(out.get("authorization"));
        assertEquals("ann", login(users, now.plusSeconds(60)).authenticate(bearer).getPeerIdentity());
        refused(login(users, now.plusSeconds(61)), bearer);
        refused(login(users, now), header(out.get("authorization") + "A"));
        refused(new Login(users, new Sealed("another key of thirty-two bytes.".getBytes(StandardCharsets.UTF_8)), Duration.ofMinutes(1), Clock.fixed(now, ZoneOffset.UTC)), bearer);
        Files.writeString(file, "ann:other\nbob:b\n");
        refused(login(users, now), bearer);
        refused(login(users, now), basic("ann:se:cret"));
        assertEquals("ann", login(users, now).authenticate(basic("ann:other")).getPeerIdentity());
        Files.delete(file);
        refused(login(users, now), basic("bob:b"));
    }

    @Test
    @DisplayName("gets the same answer for a wrong name, a wrong password and no login")
    void wrong() throws IOException {
        Login login = login(Users.of(users("ann:x\n")), Instant.EPOCH);
        for (CallHeaders headers : new CallHeaders[] {basic("ann:y"), basic("eve:x"), basic("ann"), basic(":x"), header("Basic ???"), header("Bearer x"),
            header("Bearer "), header("ann"), new FlightCallHeaders()}) {
            refused(login, headers);
        }
    }

    @ParameterizedTest(name = "a file with \"{0}\" is refused without a password in the message")
    @ValueSource(strings = {"ann", ":secret", "ann:", "ann:secret\nann:secret", "ann:{pbkdf2-sha256}secret", "ann:{pbkdf2-sha256}99999999999:00:00secret"})
    void wrongFiles(String content) {
        String message = assertThrows(ConfigException.class, () -> Users.parse(content)).getMessage();
        assertFalse(message.contains("secret"), message);
    }

    @Test
    @DisplayName("may have a hashed password")
    void hashed() throws IOException {
        Users users = Users.of(users("ann:" + HASHED + "\n"));
        assertTrue(users.isRight("ann", "password"));
        assertFalse(users.isRight("ann", "Password"));
        assertFalse(users.isRight("ann", HASHED));
    }

    @Test
    @DisplayName("has a token by which only the holder of the signing key can try passwords")
    void marks() throws IOException {
        Users users = Users.of(users("ann:x\n"));
        assertEquals(users.mark("ann", SEALED), users.mark("ann", SEALED));
        assertFalse(users.mark("ann", SEALED).equals(users.mark("ann", new Sealed("another key of thirty-two bytes.".getBytes(StandardCharsets.UTF_8)))));
        assertEquals(Optional.empty(), users.mark("eve", SEALED));
    }

    @Test
    @DisplayName("cannot use what was signed for another purpose, or change it")
    void purposes() {
        byte[] sealed = SEALED.seal("ticket", new byte[] {1, 2});
        assertTrue(SEALED.open("ticket", sealed).isPresent());
        assertEquals(Optional.empty(), SEALED.open("token", sealed));
        sealed[33] ^= 1;
        assertEquals(Optional.empty(), SEALED.open("ticket", sealed));
        assertEquals(Optional.empty(), SEALED.open("ticket", new byte[3]));
    }
}
