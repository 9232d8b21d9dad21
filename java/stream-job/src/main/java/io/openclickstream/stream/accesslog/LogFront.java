package io.openclickstream.stream.accesslog;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands before the time of a line: perhaps the site, perhaps a chain of proxies, the client's host, its identity and its user. Only
 * the user may have blanks, so all the others must be what such a field can be: else a further field would make the line mean another.
 *
 * @param site the virtual host with its port; null without one
 * @param client address without port, or name; null where the server did not know it
 * @param isAddress whether the client is an address
 * @param user the authenticated user; null without one
 */
record LogFront(String site, String client, boolean isAddress, String user) {
    private static final Pattern WORD = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*+\"(?= |$)|[^ ]+");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}|unix:");
    /** What a site of the format vhost can be. */
    private static final Pattern SITE = Pattern.compile("(?:[A-Za-z0-9_*][A-Za-z0-9_.*-]{0,252}|\\[[0-9A-Fa-f:.]{2,45}\\])(?::\\d{1,5})?|-");
    /** What can be nothing but a site: a name with a port, or with a domain that is no number. */
    private static final Pattern CERTAIN_SITE =
        Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}:\\d{1,5}|(?:[A-Za-z0-9_-]{1,63}\\.){1,20}[A-Za-z][A-Za-z0-9-]{1,62}|localhost");
    private static final Pattern IDENTITY = Pattern.compile("[^\"\\[\\],:]{1,255}|\"\"");
    private static final String NONE = "-";

    /** Reads all of the text; the column of its first character counts from 1. */
    static LogFront read(String text, int column, boolean hasSite) throws LogLineException {
        return new Reader(text, column).read(hasSite);
    }

    /** A word and the column where it begins. */
    private record Word(String text, int column) {
        boolean isNone() {
            return Addresses.isNone(text.startsWith("\"") ? unquoted() : text.replaceAll("^,|,$", ""));
        }

        String unquoted() {
            return text.length() > 1 && text.startsWith("\"") && text.endsWith("\"") ? text.substring(1, text.length() - 1) : text;
        }

        List<String> chain() {
            return Addresses.chain(unquoted());
        }

        LogLineException expected(String what) {
            return new LogLineException(column, "expected " + what);
        }
    }

    private static final class Reader {
        private final List<Word> words = new ArrayList<>();
        private final String text;
        private final int column;
        private int next;

        Reader(String text, int column) {
            this.text = text;
            this.column = column;
            for (Matcher word = WORD.matcher(text); word.find();) {
                words.add(new Word(word.group(), column + word.start()));
            }
            if (words.size() == 2 && text.endsWith(" ")) {
                // nginx writes nothing for a user whose name is empty.
                words.add(new Word("", column + text.length()));
            }
        }

        LogFront read(boolean hasSite) throws LogLineException {
            String site = hasSite ? site() : certainSite();
            List<String> addresses = addresses();
            String client = addresses.isEmpty() ? name() : Addresses.client(addresses);
            skipRepeatedAddress();
            identity();
            return new LogFront(site, client, !addresses.isEmpty(), user());
        }

        private String site() throws LogLineException {
            Word word = taken("the site");
            if (!SITE.matcher(word.text()).matches()) {
                throw word.expected("the site, a host's name with or without a port");
            }
            return word.text().equals(NONE) ? null : word.text();
        }

        /** A site that the format does not name: it is one where the client's host stands behind it. */
        private String certainSite() {
            if (words.size() < 4 || Addresses.of(words.get(0).text()) != null || !CERTAIN_SITE.matcher(words.get(0).text()).matches()) {
                return null;
            }
            Word second = words.get(1);
            boolean isHostBehind = !second.chain().isEmpty()
                || !second.isNone() && NAME.matcher(second.text()).matches() && words.get(2).text().equals(NONE);
            return isHostBehind ? words.get(next++).text() : null;
        }

        /** The addresses that stand side by side, down to the client's or its last proxy's; two words must be left behind them. */
        private List<String> addresses() {
            int first = next;
            while (first < words.size() - 2 && words.get(first).isNone()) {
                first++;
            }
            List<String> addresses = new ArrayList<>();
            for (int index = first; index < words.size() - 2 && isInChain(index, first); index++) {
                addresses.addAll(words.get(index).chain());
                next = index + 1;
            }
            return addresses;
        }

        /** A word of addresses, or one for none between the commas of a chain. */
        private boolean isInChain(int index, int first) {
            Word word = words.get(index);
            boolean isContinued = index > first && words.get(index - 1).text().endsWith(",");
            return !word.chain().isEmpty() || isContinued && word.isNone();
        }

        private String name() throws LogLineException {
            Word word = taken("the client's host");
            if (word.isNone()) {
                return null;
            }
            if (!NAME.matcher(word.text()).matches()) {
                throw word.expected("the client's host, an address or a name");
            }
            return word.text().equals("unix:") ? null : word.text().toLowerCase(Locale.ROOT);
        }

        /** Ingress controllers write {@code address - [address] - user}. */
        private void skipRepeatedAddress() {
            boolean isRepeated = next + 4 <= words.size() && words.get(next).text().equals(NONE)
                && isAddressInBrackets(words.get(next + 1).text())
                && words.get(next + 2).text().equals(NONE);
            next += isRepeated ? 2 : 0;
        }

        private static boolean isAddressInBrackets(String word) {
            return word.length() > 2 && word.startsWith("[") && word.endsWith("]")
                && Addresses.of(word.substring(1, word.length() - 1)) != null;
        }

        private void identity() throws LogLineException {
            Word word = taken("the identity");
            if (!IDENTITY.matcher(word.text()).matches() || Addresses.of(word.text()) != null) {
                throw word.expected("the identity, a hyphen or a word");
            }
        }

        private String user() throws LogLineException {
            Word first = taken("the user");
            if (next == words.size()) {
                if (Addresses.of(first.text()) != null) {
                    throw first.expected("the user, not an address");
                }
                return first.isNone() ? null : LogEscapes.decode(first.unquoted());
            }
            for (Word word : words.subList(next - 1, words.size())) {
                if (word.text().equals(NONE) || word.text().equals("\"\"") || word == first && !isUserStart(word)) {
                    throw word.expected("the user, not a further field");
                }
            }
            return LogEscapes.decode(text.substring(first.column() - column).strip());
        }

        private static boolean isUserStart(Word word) {
            return word.chain().isEmpty() && !isAddressInBrackets(word.text());
        }

        private Word taken(String what) throws LogLineException {
            if (next >= words.size()) {
                throw new LogLineException(column + text.length(), "expected " + what + " before the time in brackets");
            }
            return words.get(next++);
        }
    }
}
