package io.openclickstream.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Text that may not be valid Unicode. Inside the job it is kept as it was sent, so that two different texts stay different: half of
 * a surrogate pair as it is, and a byte that is not UTF-8 as the half pair U+DC00 and the byte. It is repaired where it is stored.
 */
public final class Unicode {
    private static final char REPLACEMENT = '\uFFFD';
    private static final char BYTE_ORDER_MARK = '\uFEFF';
    /** Added to a byte from 0x80 on that is not UTF-8, gives half a pair, which valid text never has alone. */
    private static final char BROKEN_BYTE = '\uDC00';

    private Unicode() {
    }

    /** The text of UTF-8 bytes, without a byte-order mark at their beginning. */
    public static String decode(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        String exact = text.indexOf(REPLACEMENT) < 0 ? text : decodeBroken(bytes);
        return !exact.isEmpty() && exact.charAt(0) == BYTE_ORDER_MARK ? exact.substring(1) : exact;
    }

    private static String decodeBroken(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        for (int at = 0; at < bytes.length;) {
            int length = sequenceLength(bytes, at);
            if (length == 0) {
                text.append((char) (BROKEN_BYTE + (bytes[at] & 0xff)));
                at++;
            } else {
                text.append(new String(bytes, at, length, StandardCharsets.UTF_8));
                at += length;
            }
        }
        return text.toString();
    }

    /** How many bytes the valid sequence has that begins there; 0 when there is none. */
    private static int sequenceLength(byte[] bytes, int at) {
        int first = bytes[at] & 0xff;
        int length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        if (at + length > bytes.length) {
            return 0;
        }
        String character = new String(bytes, at, length, StandardCharsets.UTF_8);
        // Java gives the replacement for what is broken; it stands for itself only in its own three bytes.
        boolean isReplacement = length == 3 && first == 0xef && (bytes[at + 1] & 0xff) == 0xbf && (bytes[at + 2] & 0xff) == 0xbd;
        return isReplacement || character.indexOf(REPLACEMENT) < 0 ? length : 0;
    }

    /** Whether the text has no half of a surrogate pair alone. */
    public static boolean isValid(String text) {
        return firstBroken(text, 0) < 0;
    }

    /** The text with U+FFFD for each thing in it that is not valid; itself when it is valid. */
    public static String mended(String text) {
        int broken = firstBroken(text, 0);
        if (broken < 0) {
            return text;
        }
        StringBuilder mended = new StringBuilder(text);
        for (; broken >= 0; broken = firstBroken(text, broken + 1)) {
            mended.setCharAt(broken, REPLACEMENT);
        }
        return mended.toString();
    }

    /** UTF-8 that gives different bytes for different texts, valid or not: a half pair is written as if it were a character. */
    public static byte[] bytes(String text) {
        if (isValid(text)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        ByteBuffer bytes = ByteBuffer.allocate(text.length() * 3);
        for (int at = 0; at < text.length();) {
            int codePoint = text.codePointAt(at);
            if (Character.charCount(codePoint) == 1 && Character.isSurrogate((char) codePoint)) {
                bytes.put((byte) (0xe0 | codePoint >> 12)).put((byte) (0x80 | codePoint >> 6 & 0x3f)).put((byte) (0x80 | codePoint & 0x3f));
            } else {
                bytes.put(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
            }
            at += Character.charCount(codePoint);
        }
        byte[] exact = new byte[bytes.position()];
        bytes.flip().get(exact);
        return exact;
    }

    private static int firstBroken(String text, int from) {
        for (int at = from; at < text.length(); at++) {
            char unit = text.charAt(at);
            if (!Character.isSurrogate(unit)) {
                continue;
            }
            boolean isPair = Character.isHighSurrogate(unit) && at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1));
            if (!isPair) {
                return at;
            }
            at++;
        }
        return -1;
    }
}
