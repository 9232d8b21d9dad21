package io.openclickstream.planner;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Refuses names that people write, each with what to write instead. */
final class Refusal {
    private static final Set<String> CLOCKS = Set.of(
        "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIMESTAMP", "LOCALTIME", "NOW", "GETDATE", "SYSDATE", "TODAY", "CURDATE");
    private static final Set<String> CHANCES = Set.of("RAND", "RANDOM", "RAND_INTEGER", "UUID", "RANDN");
    private static final Map<String, String> INSTEAD = instead();

    private Refusal() {
    }

    /** The fault of a function, written with brackets or, as CURRENT_DATE, without. */
    static SqlFault ofFunction(String name, SqlParserPos place) {
        String capitals = name.toUpperCase(Locale.ROOT);
        if (CLOCKS.contains(capitals)) {
            return new SqlFault(capitals + " is not supported: a run would not give the same rows again", place,
                "let newDataBy name the time of the rows, so that each run reads the rows of its own window; or write a literal such as DATE '2024-01-31'");
        }
        if (CHANCES.contains(capitals)) {
            return new SqlFault(capitals + " is not supported: a run would not give the same rows again", place,
                "number rows by ROW_NUMBER, or take a part of them by a key, such as MOD(user_id, 10) = 0");
        }
        String instead = INSTEAD.get(capitals);
        return SqlFault.notProven("The function " + capitals, place, instead == null ? Suggestions.nearest(capitals, Functions.NAMES) : instead);
    }

    private static Map<String, String> instead() {
        Map<String, String> all = new HashMap<>();
        put(all, "number the rows by ROW_NUMBER() OVER (ORDER BY ...) beside COUNT(*) OVER (), and take the one at that share",
            "PERCENTILE_CONT", "PERCENTILE_DISC", "PERCENTILE", "APPROX_PERCENTILE", "PERCENTILE_APPROX", "MEDIAN", "QUANTILE");
        put(all, "keep a row for each value; ROW_NUMBER() OVER (ORDER BY ...) keeps their order",
            "ARRAY_AGG", "COLLECT_LIST", "COLLECT_SET", "LISTAGG", "STRING_AGG", "GROUP_CONCAT", "MAP_AGG");
        put(all, "let the pipeline put the value into a column of its own or into a map, and read that: props['key']",
            "JSON_VALUE", "JSON_QUERY", "JSON_EXISTS", "JSON_EXTRACT", "JSON_EXTRACT_SCALAR", "GET_JSON_OBJECT", "JSON_PARSE", "FROM_JSON");
        put(all, "COALESCE(value, other)", "IFNULL", "NVL", "ISNULL");
        put(all, "CASE WHEN condition THEN value ELSE other END", "IF", "IIF", "DECODE");
        put(all, "CROSS JOIN UNNEST(list) AS i", "EXPLODE", "POSEXPLODE", "EXPLODE_OUTER");
        put(all, "add a literal such as INTERVAL '1' DAY", "DATE_ADD", "DATEADD", "DATE_SUB", "ADD_MONTHS", "TIMESTAMPADD");
        put(all, "CARDINALITY(list)", "SIZE", "ARRAY_LENGTH");
        put(all, "MAX_BY(value, order) or MIN_BY(value, order)", "ANY_VALUE", "ARBITRARY", "FIRST", "LAST", "ARG_MAX", "ARG_MIN");
        put(all, "COUNT(*) FILTER (WHERE condition) = COUNT(*), or > 0", "BOOL_AND", "BOOL_OR", "EVERY", "SOME");
        return Map.copyOf(all);
    }

    private static void put(Map<String, String> all, String instead, String... names) {
        List.of(names).forEach(name -> all.put(name, instead));
    }
}
