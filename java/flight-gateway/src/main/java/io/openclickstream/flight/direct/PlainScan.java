package io.openclickstream.flight.direct;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A query of which nothing is computed: some columns of one table, all rows or any so many.
 *
 * @param columns their names; empty for all
 * @param table its name in one to three parts
 * @param limit of the rows; null for all
 */
record PlainScan(List<String> columns, List<String> table, Long limit) {
    private static final String NAME = "(?:[a-zA-Z_][a-zA-Z0-9_]*|\"(?:[^\"]|\"\")+\")";
    private static final Pattern SCAN = Pattern.compile(
        "\\s*SELECT\\s+(?<columns>\\*|" + NAME + "(?:\\s*,\\s*" + NAME + ")*)\\s+FROM\\s+(?<table>" + NAME + "(?:\\s*\\.\\s*" + NAME
            + "){0,2})(?:\\s+LIMIT\\s+(?<limit>\\d{1,18}))?\\s*", Pattern.CASE_INSENSITIVE);
    private static final Pattern NAMES = Pattern.compile(NAME);
    private static final int LONGEST = 20_000;

    /** Empty when the statement is, or may be, more than that. */
    static Optional<PlainScan> of(String sql) {
        if (sql.length() > LONGEST) {
            return Optional.empty();
        }
        Matcher scan = SCAN.matcher(sql);
        if (!scan.matches()) {
            return Optional.empty();
        }
        String limit = scan.group("limit");
        List<String> columns = scan.group("columns").equals("*") ? List.of() : names(scan.group("columns"));
        return Optional.of(new PlainScan(columns, names(scan.group("table")), limit == null ? null : Long.valueOf(limit)));
    }

    /** Trino makes all names small, also those between quotes. */
    private static List<String> names(String text) {
        List<String> names = new ArrayList<>();
        Matcher name = NAMES.matcher(text);
        while (name.find()) {
            String found = name.group();
            String bare = found.startsWith("\"") ? found.substring(1, found.length() - 1).replace("\"\"", "\"") : found;
            names.add(bare.toLowerCase(Locale.ROOT));
        }
        return List.copyOf(names);
    }
}
