package io.openclickstream.profiles;

/** Texts that clients send are cut before they are kept: a row is read in one piece. */
final class Texts {
    private Texts() {
    }

    /** At most so many characters, and no half of a surrogate pair at the end; null stays null. */
    static String cut(String text, int longest) {
        if (text == null || text.length() <= longest) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest;
        return text.substring(0, end);
    }
}
