package io.openclickstream.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Text that need not be Unicode")
class UnicodeTest {
    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    @ParameterizedTest(name = "of the bytes {0} is stored as {1}")
    @CsvSource({
        "61ff62,a\uFFFDb",
        "61c3,a\uFFFD",
        "c181,\uFFFD\uFFFD",
        "eda080,\uFFFD\uFFFD\uFFFD",
        "f0908d61,\uFFFD\uFFFD\uFFFDa",
        "efbfbd,\uFFFD",
        "efbbbf61,a",
        "f09f9880,\uD83D\uDE00",
    })
    void decoded(String bytes, String stored) {
        assertEquals(stored, Unicode.mended(Unicode.decode(hex(bytes))));
    }

    @Test
    @DisplayName("is itself when it is valid")
    void valid() {
        String text = "a\u00fc\uD83D\uDE00";
        assertSame(text, Unicode.mended(text));
        assertTrue(Unicode.isValid(text));
        assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), Unicode.bytes(text));
    }

    @Test
    @DisplayName("shows U+FFFD for each half of a surrogate pair")
    void halves() {
        assertEquals("\uFFFDa\uFFFD\uFFFD", Unicode.mended("\uD800a\uDE00\uD83D"));
        assertFalse(Unicode.isValid("\uD83D"));
    }

    @Test
    @DisplayName("is as different decoded, and in bytes, as it was sent")
    void different() {
        Random random = new Random(3);
        Set<ByteBuffer> sent = new HashSet<>();
        Set<String> texts = new HashSet<>();
        Set<ByteBuffer> written = new HashSet<>();
        for (int round = 0; round < 50_000; round++) {
            byte[] bytes = new byte[random.nextInt(5)];
            random.nextBytes(bytes);
            if (sent.add(ByteBuffer.wrap(bytes))) {
                String text = Unicode.decode(bytes);
                assertTrue(texts.add(text), () -> HexFormat.of().formatHex(bytes));
                assertTrue(written.add(ByteBuffer.wrap(Unicode.bytes(text))), () -> HexFormat.of().formatHex(bytes));
            }
        }
    }
}
