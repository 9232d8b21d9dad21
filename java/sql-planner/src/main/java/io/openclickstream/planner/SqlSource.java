package io.openclickstream.planner;

import io.openclickstream.model.PlanErrors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.sql.parser.SqlParserPos;

/** The text of a query: what the parser gets, and the words around a place. */
final class SqlSource {
    private static final int AROUND = 30;
    /** Comments and quoted parts, in which nothing is replaced or counted. Possessive: the text may be long and hostile. */
    private static final String QUOTED = "--[^\\n]*+|/\\*.*?\\*/|'[^']*+(?:''[^']*+)*+'|\"[^\"]*+(?:\"\"[^\"]*+)*+\"";
    /** Or a name that the parser would read in another way. */
    private static final Pattern TOKENS =
        Pattern.compile(QUOTED + "|\\b(date_trunc)(?=\\s*+\\()", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
    private static final Pattern BRACKETS = Pattern.compile(QUOTED + "|([(\\[])|([)\\]])", Pattern.DOTALL);

    private final String sql;
    private final String[] lines;

    SqlSource(String sql) {
        this.sql = sql;
        this.lines = sql.split("\n", -1);
    }

    /**
     * The text with another name for DATE_TRUNC, of the same length so that places stay right. Calcite's parser knows DATE_TRUNC only with
     * its arguments the other way round.
     */
    String forParser() {
        Matcher tokens = TOKENS.matcher(sql);
        StringBuilder text = new StringBuilder();
        while (tokens.find()) {
            String replacement = tokens.group(1) == null ? tokens.group() : Functions.DATE_TRUNC_ALIAS;
            tokens.appendReplacement(text, Matcher.quoteReplacement(replacement));
        }
        return tokens.appendTail(text).toString();
    }

    /** The error of a fault as the service answers it. */
    PlanErrors.Error error(SqlFault fault) {
        SqlParserPos place = fault.place().getLineNum() < 1 ? whole() : fault.place();
        return new PlanErrors.Error(
            fault.getMessage().replace(Functions.DATE_TRUNC_ALIAS, "DATE_TRUNC"),
            place.getLineNum(),
            place.getColumnNum(),
            place.getEndLineNum(),
            place.getEndColumnNum(),
            near(place),
            fault.suggestion());
    }

    private SqlParserPos whole() {
        int last = lines.length;
        return new SqlParserPos(1, 1, last, Math.max(1, lines[last - 1].length()));
    }

    private String near(SqlParserPos place) {
        String line = lines[Math.min(place.getLineNum(), lines.length) - 1];
        int start = Math.min(Math.max(0, place.getColumnNum() - 1), line.length());
        boolean isOneLine = place.getEndLineNum() == place.getLineNum();
        int end = isOneLine ? Math.min(line.length(), Math.max(start, place.getEndColumnNum())) : line.length();
        int from = Math.max(0, start - AROUND);
        int to = Math.min(line.length(), Math.min(end, start + 2 * AROUND) + AROUND);
        return ((from > 0 ? "…" : "") + line.substring(from, to) + (to < line.length() ? "…" : "")).strip();
    }

    /** How deep brackets are nested, counted before anything reads the text by recursion. */
    int depth() {
        int depth = 0;
        int deepest = 0;
        Matcher brackets = BRACKETS.matcher(sql);
        while (brackets.find()) {
            if (brackets.group(1) != null) {
                depth++;
                deepest = Math.max(deepest, depth);
            } else if (brackets.group(2) != null) {
                depth--;
            }
        }
        return deepest;
    }
}
