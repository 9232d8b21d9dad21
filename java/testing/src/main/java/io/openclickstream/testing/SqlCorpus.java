package io.openclickstream.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.model.ConfigNode;
import io.openclickstream.model.PlanRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The queries of the SQL planner's corpus: files of entries, each a name, expectations in comments, and the query. */
public final class SqlCorpus {
    private static final Path RESOURCES = Path.of("..", "sql-planner", "src", "test", "resources");

    private static final String NOT_ON_DUCKDB = "-- not on DuckDB: ";

    /**
     * One entry; the expectations are the comment lines between its name and its query.
     *
     * @param notOnDuckDb why DuckDB cannot run the query as it is written or means something else by it; null when it gives the same rows
     */
    public record Entry(String file, String name, String notOnDuckDb, List<String> expectations, String sql) {
        @Override
        public String toString() {
            return file + ": " + name;
        }
    }

    private SqlCorpus() {
    }

    /** The entries of all files of a folder. */
    public static List<Entry> entries(String folder) {
        try (Stream<Path> files = Files.list(RESOURCES.resolve(folder))) {
            List<Entry> entries = new ArrayList<>();
            for (Path file : files.filter(path -> path.toString().endsWith(".sql")).sorted().toList()) {
                String name = file.getFileName().toString();
                for (String part : Files.readString(file).split("(?m)^-- == ")) {
                    if (!part.isBlank()) {
                        entries.add(entry(name, part.strip()));
                    }
                }
            }
            return entries;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Entry entry(String file, String text) {
        List<String> lines = new ArrayList<>(List.of(text.split("\n")));
        String name = lines.remove(0);
        boolean hasReason = lines.get(0).startsWith(NOT_ON_DUCKDB);
        String notOnDuckDb = hasReason ? lines.remove(0).substring(NOT_ON_DUCKDB.length()) : null;
        List<String> expectations = new ArrayList<>();
        while (!lines.isEmpty() && lines.get(0).startsWith("-- ")) {
            expectations.add(lines.remove(0).substring(3));
        }
        return new Entry(file, name, notOnDuckDb, List.copyOf(expectations), String.join("\n", lines).strip());
    }

    /** A request for a query on the corpus' tables; extra members of the document begin with a comma. */
    public static PlanRequest request(String sql, String zone, String extra) {
        try {
            String tables = Files.readString(RESOURCES.resolve("tables.json"));
            ObjectMapper json = new ObjectMapper();
            String document = "{\"sql\":" + json.writeValueAsString(sql) + ",\"timeZone\":\"" + zone + "\",\"tables\":" + tables + extra + "}";
            return PlanRequest.of(ConfigNode.parse("the request", document));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
