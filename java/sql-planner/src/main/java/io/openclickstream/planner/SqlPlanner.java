package io.openclickstream.planner;

import io.openclickstream.model.ConfigException;
import io.openclickstream.model.PlanDocument;
import io.openclickstream.model.PlanErrors;
import io.openclickstream.model.PlanRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelRoot;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Plans one query at a time; holds nothing between two. */
public class SqlPlanner {
    private static final Logger LOG = LoggerFactory.getLogger(SqlPlanner.class);
    private static final int MAX_SQL = 65_536;
    private static final String COLUMN_NAME = "[A-Za-z_][A-Za-z0-9_]*";

    /** Either the plan or what is wrong with the query; the other one is null. */
    public record Answer(PlanDocument plan, PlanErrors errors) {
    }

    /** Plans a query. Throws {@link ConfigException} when the request makes no sense whatever its query is. */
    public Answer plan(PlanRequest request) {
        String zone = zone(request.timeZone());
        SqlSource source = new SqlSource(request.sql());
        try {
            if (request.sql().length() > MAX_SQL) {
                throw new SqlFault("The query is longer than " + MAX_SQL + " characters", SqlParserPos.ZERO);
            }
            return new Answer(plan(request, source, zone), null);
        } catch (SqlFault fault) {
            return fault(source, fault);
        } catch (StackOverflowError e) {
            return fault(source, new SqlFault("The query is nested too deeply", SqlParserPos.ZERO));
        } catch (ConfigException e) {
            throw e;
        } catch (RuntimeException | AssertionError e) {
            LOG.warn("Calcite cannot plan a query", e);
            return fault(source, new SqlFault("The query cannot be planned: " + e.getClass().getSimpleName(), SqlParserPos.ZERO));
        }
    }

    private static Answer fault(SqlSource source, SqlFault fault) {
        return new Answer(null, new PlanErrors(List.of(source.error(fault))));
    }

    private static String zone(String zone) {
        try {
            return zone == null ? "UTC" : ZoneId.of(zone).getId();
        } catch (DateTimeException e) {
            throw new ConfigException("\"timeZone\" must be a zone such as UTC or Europe/Berlin, not \"" + zone + "\"");
        }
    }

    private static PlanDocument plan(PlanRequest request, SqlSource source, String zone) {
        Relations relations = new Relations(request.tables(), source);
        RelRoot root = relations.convert();
        RelNode relation = root.project();
        Places places = new Places(relations::placeOf);
        List<PlanDocument.Column> columns = columns(root.validatedRowType);
        Texts texts = new Texts(relation, request.catalog(), zone, places);
        String spark = texts.spark();
        Lineage lineage = new LineageWalker().of(relation);
        String newDataBy = request.incremental().newDataBy();
        Modes modes = new Modes(relation, request.incremental(), zone);
        return new PlanDocument(
            columns,
            tables(lineage, columns.size()),
            lineage(lineage, columns),
            modes.isDeterministic(),
            modes.all(),
            spark,
            texts.trino(),
            newDataBy == null ? null : texts.sparkWindow(newDataBy, modes.stretch()),
            modes.windowColumn().map(column -> texts.sparkWindowRows(column, modes.stretch())).orElse(null),
            modes.windowColumn().map(column -> texts.sparkWindowLater(column, modes.stretch())).orElse(null),
            newDataBy == null || modes.stretch() == null ? null : modes.stretch().name(),
            hash(columns, spark));
    }

    private static List<PlanDocument.Column> columns(RelDataType row) {
        List<PlanDocument.Column> columns = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (RelDataTypeField field : row.getFieldList()) {
            String type = IcebergTypes.text(field.getType());
            int number = field.getIndex() + 1;
            if (field.getName().startsWith("EXPR$") || !field.getName().matches(COLUMN_NAME)) {
                String name = field.getName().startsWith("EXPR$") ? "has no name" : "is called \"" + field.getName() + "\"";
                throw new SqlFault("Column " + number + " of the result " + name + ": write AS and a name of letters, digits and _", SqlParserPos.ZERO);
            }
            if (!names.add(field.getName().toLowerCase(Locale.ROOT))) {
                throw new SqlFault("Two columns of the result are called \"" + field.getName() + "\"; capitals make no difference", SqlParserPos.ZERO);
            }
            if (type == null) {
                throw SqlFault.notProven("The column \"" + field.getName() + "\" of the type " + ExpressionWriter.words(field.getType()),
                    SqlParserPos.ZERO, "cast it");
            }
            columns.add(new PlanDocument.Column(field.getName(), type, !field.getType().isNullable()));
        }
        return columns;
    }

    private static List<PlanDocument.Table> tables(Lineage lineage, int columns) {
        Map<String, Set<String>> paths = new TreeMap<>();
        Map<String, Lineage.Path> tables = new TreeMap<>();
        for (int column = 0; column < columns; column++) {
            for (Lineage.Input input : lineage.inputs(column)) {
                String name = input.path().database() + "." + input.path().table();
                tables.put(name, input.path());
                paths.computeIfAbsent(name, key -> new TreeSet<>()).add(input.path().path());
            }
        }
        return tables.entrySet().stream()
            .map(entry -> new PlanDocument.Table(entry.getValue().database(), entry.getValue().table(), List.copyOf(paths.get(entry.getKey()))))
            .toList();
    }

    private static List<PlanDocument.Lineage> lineage(Lineage lineage, List<PlanDocument.Column> columns) {
        List<PlanDocument.Lineage> all = new ArrayList<>();
        for (int position = 0; position < columns.size(); position++) {
            all.add(new PlanDocument.Lineage(columns.get(position).name(), lineage.inputs(position).stream().map(Lineage.Input::document).toList()));
        }
        return all;
    }

    private static String hash(List<PlanDocument.Column> columns, String spark) {
        try {
            byte[] content = (columns + "\n" + spark).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Java has no SHA-256", e);
        }
    }
}
