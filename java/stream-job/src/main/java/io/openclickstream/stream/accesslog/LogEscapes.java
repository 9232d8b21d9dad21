package io.openclickstream.stream.accesslog;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Undoes what Apache and nginx do to odd characters in quoted fields: {@code \"}, {@code \\} and {@code \xNN}. Bytes that
 * are neither printable ASCII nor part of valid UTF-8 stay as they were logged.
 */
final class LogEscapes {
    private static final int ESCAPE_LENGTH = 4;
    private static final int FIRST_PRINTABLE = 0x20;
    private static final int DELETE = 0x7f;

    private LogEscapes() {
    }

    /** The text without escapes; null gives null. */
    static String decode(String text) {
        if (text == null || text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder decoded = new StringBuilder(text.length());
        int index = 0;
        while (index < text.length()) {
            index = decodeAt(text, index, decoded);
        }
        return decoded.toString();
    }

    private static int decodeAt(String text, int index, StringBuilder decoded) {
        char character = text.charAt(index);
        char next = index + 1 < text.length() ? text.charAt(index + 1) : ' ';
        if (character == '\\' && (next == '"' || next == '\\')) {
            decoded.append(next);
            return index + 2;
        }
        if (byteAt(text, index) >= 0) {
            return decodeBytes(text, index, decoded);
        }
        decoded.append(character);
        return index + 1;
    }

    /** Decodes a run of {@code \xNN}, which may spell several characters of UTF-8. */
    private static int decodeBytes(String text, int start, StringBuilder decoded) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int end = start;
        boolean printable = true;
        for (int value = byteAt(text, end); value >= 0; value = byteAt(text, end)) {
            printable &= value >= FIRST_PRINTABLE && value != DELETE;
            bytes.write(value);
            end += ESCAPE_LENGTH;
        }
        String characters = printable ? utf8(bytes.toByteArray()) : null;
        decoded.append(characters == null ? text.substring(start, end) : characters);
        return end;
    }

    /** Value of the {@code \xNN} that begins here, or -1. */
    private static int byteAt(String text, int index) {
        if (index + ESCAPE_LENGTH > text.length() || text.charAt(index) != '\\' || text.charAt(index + 1) != 'x') {
            return -1;
        }
        int high = Character.digit(text.charAt(index + 2), 16);
        int low = Character.digit(text.charAt(index + 3), 16);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }

    private static String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
