package io.openclickstream.planner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.model.PlanDocument;
import io.openclickstream.model.PlanErrors;
import io.openclickstream.testing.SqlCorpus;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A query of the corpus")
class CorpusTest {
    private static final SqlPlanner PLANNER = new SqlPlanner();

    static Stream<SqlCorpus.Entry> queries() {
        return SqlCorpus.entries("corpus").stream();
    }

    static Stream<SqlCorpus.Entry> refusals() {
        return SqlCorpus.entries("refusals").stream();
    }

    static Stream<SqlCorpus.Entry> failures() {
        return SqlCorpus.entries("failures").stream();
    }

    @Test
    @DisplayName("is one of at least 120, and none has the name of another")
    void size() {
        List<String> names = queries().map(SqlCorpus.Entry::name).toList();
        assertTrue(names.size() >= 120, names.size() + " queries");
        assertEquals(names.size(), Set.copyOf(names).size());
    }

    @Test
    @DisplayName("is run on DuckDB too in at least 120 cases")
    void sizeOnDuckDb() {
        long count = queries().filter(entry -> entry.notOnDuckDb() == null).count();
        assertTrue(count >= 120, count + " queries");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("queries")
    @DisplayName("has the columns and the lineage that were written by hand")
    void planned(SqlCorpus.Entry entry) {
        SqlPlanner.Answer answer = PLANNER.plan(SqlCorpus.request(entry.sql(), "Europe/Berlin", ""));
        assertTrue(answer.errors() == null, () -> entry.sql() + "\n" + answer.errors());
        assertEquals(String.join("\n", entry.expectations()), String.join("\n", described(answer.plan())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    @DisplayName("is refused with a message and a place")
    void refused(SqlCorpus.Entry entry) {
        SqlPlanner.Answer answer = PLANNER.plan(SqlCorpus.request(entry.sql(), "UTC", ""));
        assertTrue(answer.plan() == null, () -> "was planned: " + answer.plan().spark());
        assertEquals(String.join("\n", entry.expectations()), described(answer.errors().errors().get(0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failures")
    @DisplayName("is planned when only its rows can tell that it fails")
    void failing(SqlCorpus.Entry entry) {
        SqlPlanner.Answer answer = PLANNER.plan(SqlCorpus.request(entry.sql(), "UTC", ""));
        assertTrue(answer.errors() == null, () -> entry.sql() + "\n" + answer.errors());
    }

    /** The form of the expectations: {@code 3:7-3:12 message}, and a line for the suggestion. */
    private static String described(PlanErrors.Error error) {
        String place = error.line() + ":" + error.column() + "-" + error.endLine() + ":" + error.endColumn();
        return place + " " + error.message() + (error.suggestion() == null ? "" : "\nsuggestion: " + error.suggestion());
    }

    /** A line for each column: name, type, ! for required, and what it comes from; the last for what decides about all rows. */
    private static List<String> described(PlanDocument plan) {
        Set<String> common = null;
        for (PlanDocument.Lineage lineage : plan.lineage()) {
            Set<String> indirect = texts(lineage).stream().filter(text -> text.contains(" ")).collect(Collectors.toCollection(TreeSet::new));
            if (common == null) {
                common = indirect;
            }
            common.retainAll(indirect);
        }
        List<String> lines = new ArrayList<>();
        for (int position = 0; position < plan.columns().size(); position++) {
            PlanDocument.Column column = plan.columns().get(position);
            Set<String> shared = common;
            String inputs = texts(plan.lineage().get(position)).stream().filter(text -> !shared.contains(text)).collect(Collectors.joining(", "));
            lines.add((column.name() + " " + column.type() + (column.required() ? "!" : "") + " < " + inputs).strip());
        }
        if (!common.isEmpty() && plan.columns().size() > 0) {
            lines.add("* " + plan.lineage().get(0).inputs().stream().map(CorpusTest::text).filter(common::contains).collect(Collectors.joining(", ")));
        }
        return lines;
    }

    private static List<String> texts(PlanDocument.Lineage lineage) {
        return lineage.inputs().stream().map(CorpusTest::text).toList();
    }

    private static String text(PlanDocument.Lineage.Input input) {
        String path = input.table() + "." + input.path();
        return input.use() == PlanDocument.Lineage.Input.Use.direct ? path : input.use() + " " + path;
    }
}
