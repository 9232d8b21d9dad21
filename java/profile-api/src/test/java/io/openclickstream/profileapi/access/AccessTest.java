package io.openclickstream.profileapi.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.profileapi.answer.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Access to profiles")
class AccessTest {
    private static final String TOKEN = "a-token-of-the-shop";
    /** SHA-256 of "a-token-that-is-hashed". */
    private static final String HASHED = "ef1c6c2ab3fbb8fd80ad9e6ac6f58d9e8cb47d9d0e4b6f8b8d1c1d1d8f0b3a55";

    @TempDir
    private Path folder;

    private final AtomicLong nanos = new AtomicLong();
    private Path file;
    private Tokens tokens;
    private Access access;

    @BeforeEach
    void start() {
        file = folder.resolve("tokens");
        tokens = new Tokens(file);
        access = new Access(tokens, new Rates(2, 4, nanos::get), "shop", "web");
    }

    private void write(String content) throws IOException {
        Files.writeString(file, content);
        tokens.readAgain();
    }

    private int refusal(String authorization) {
        return assertThrows(ProblemException.class, () -> access.clientOf(authorization)).problem().status();
    }

    @Test
    @DisplayName("is for tokens with the pipeline, its namespace or everything in their scopes")
    void scopes() throws IOException {
        write("# readers\none " + TOKEN + "1 shop/web\ntwo " + TOKEN + "2 other/web shop/*\nthree " + TOKEN + "3 *\nfour " + TOKEN + "4 shop/app");
        assertEquals("one", access.clientOf("Bearer " + TOKEN + "1").name());
        assertEquals("two", access.clientOf("bearer  " + TOKEN + "2").name());
        assertEquals("three", access.clientOf("Bearer " + TOKEN + "3").name());
        assertEquals(403, refusal("Bearer " + TOKEN + "4"));
    }

    @Test
    @DisplayName("refuses no token, another scheme and a wrong token in the same words")
    void wrongTokens() throws IOException {
        write("one " + TOKEN + " *");
        assertEquals(401, refusal(null));
        assertEquals(401, refusal("Basic " + TOKEN));
        assertEquals(401, refusal("Bearer " + TOKEN + "x"));
        assertEquals(401, refusal("Bearer one"));
    }

    @Test
    @DisplayName("follows the file, and keeps what it knew when the file is away")
    void changes() throws IOException {
        write("one " + TOKEN + " *");
        Files.delete(file);
        tokens.readAgain();
        assertTrue(access.isStillAllowed("Bearer " + TOKEN));
        write("one another-token-of-it *");
        assertFalse(access.isStillAllowed("Bearer " + TOKEN));
        assertTrue(access.isStillAllowed("Bearer another-token-of-it"));
    }

    @Test
    @DisplayName("passes over lines that are wrong, and lets others in")
    void wrongLines() throws IOException {
        write("short abc *\nnoscope " + TOKEN + "\nbad " + TOKEN + "5 Shop\nhash sha256:12 *\nhashed sha256:" + HASHED + " *\ngood " + TOKEN + " *\n");
        assertEquals("good", access.clientOf("Bearer " + TOKEN).name());
        assertEquals(401, refusal("Bearer " + TOKEN + "5"));
        assertEquals(401, refusal("Bearer sha256:" + HASHED));
    }

    @Test
    @DisplayName("gives each client so many profiles, and says when there are more")
    void rates() throws IOException {
        write("one " + TOKEN + "1 *\ntwo " + TOKEN + "2 *");
        Client one = access.clientOf("Bearer " + TOKEN + "1");
        access.take(one, 4);
        var refused = assertThrows(ProblemException.class, () -> access.take(one, 3)).problem();
        assertEquals(429, refused.status());
        assertEquals(2, refused.retryAfter());
        access.take(access.clientOf("Bearer " + TOKEN + "2"), 4);
        nanos.addAndGet(1_500_000_000L);
        access.take(one, 3);
        assertThrows(ProblemException.class, () -> access.take(one, 1));
    }
}
