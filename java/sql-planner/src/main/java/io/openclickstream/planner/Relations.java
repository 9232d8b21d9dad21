package io.openclickstream.planner;

import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.config.CalciteConnectionConfigImpl;
import org.apache.calcite.config.CalciteConnectionProperty;
import org.apache.calcite.plan.ConventionTraitDef;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.volcano.VolcanoPlanner;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.rel.RelRoot;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.parser.babel.SqlBabelParserImpl;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorUtil;
import org.apache.calcite.sql2rel.SqlToRelConverter;
import org.apache.calcite.sql2rel.StandardConvertletTable;

/** From the text of a query to a tree of relations, through Calcite: parsed, validated, typed; nothing is optimized. */
final class Relations {
    private static final int MAX_BRACKETS = 100;
    private static final int MAX_IDENTIFIER = 255;
    private static final Pattern UNKNOWN_NAME = Pattern.compile("(?:Column|Table|Object) '([^']+)' not found");
    private static final SqlParser.Config PARSER = SqlParser.config()
        .withParserFactory(SqlBabelParserImpl.FACTORY)
        // With the conformance BABEL grouping comes out wrong.
        .withConformance(SqlConformanceEnum.LENIENT)
        .withUnquotedCasing(Casing.UNCHANGED)
        .withQuotedCasing(Casing.UNCHANGED)
        .withCaseSensitive(false)
        .withIdentifierMaxLength(MAX_IDENTIFIER);
    private static final SqlValidator.Config VALIDATOR = SqlValidator.Config.DEFAULT
        .withConformance(SqlConformanceEnum.LENIENT)
        .withIdentifierExpansion(true)
        // Whoever compares a text with a number must say which of them is meant.
        .withTypeCoercionEnabled(false);
    private static final SqlToRelConverter.Config CONVERTER = SqlToRelConverter.config()
        .withExpand(false)
        .withTrimUnusedFields(false)
        .withInSubQueryThreshold(Integer.MAX_VALUE)
        // The text shall say what the query says; and merged projections could repeat an expression again and again.
        .withRelBuilderConfigTransform(builder -> builder.withSimplify(false).withSimplifyLimit(false).withBloat(-1));

    private final RelDataTypeFactory factory = PlannerTypeSystem.factory();
    private final InputTables tables;
    private final SqlSource source;
    private ProvenSyntax syntax;

    Relations(List<io.openclickstream.model.PlanRequest.Table> tables, SqlSource source) {
        this.tables = new InputTables(tables, factory);
        this.source = source;
    }

    /** The query's tree. Throws {@link SqlFault} with the place of what is wrong. */
    RelRoot convert() {
        if (source.depth() > MAX_BRACKETS) {
            throw new SqlFault("Brackets are nested more than " + MAX_BRACKETS + " levels deep", SqlParserPos.ZERO);
        }
        SqlNode query = parse();
        syntax = ProvenSyntax.check(query);
        QuerySize.check(query);
        try {
            return converted(query);
        } catch (CalciteContextException e) {
            throw fault(e);
        }
    }

    /** Where an operator stands in the query. */
    SqlParserPos placeOf(String operator) {
        return syntax.placeOf(operator);
    }

    private SqlNode parse() {
        try {
            SqlNode query = SqlParser.create(source.forParser(), PARSER).parseQuery();
            if (!query.isA(SqlKind.QUERY)) {
                throw new SqlFault("Only a query can be planned, no " + query.getKind(), query.getParserPosition());
            }
            return query;
        } catch (SqlParseException e) {
            SqlParserPos place = e.getPos() == null ? SqlParserPos.ZERO : e.getPos();
            throw new SqlFault(firstLine(e.getMessage()), place);
        }
    }

    private RelRoot converted(SqlNode query) {
        Properties properties = new Properties();
        properties.setProperty(CalciteConnectionProperty.CASE_SENSITIVE.camelName(), "false");
        CalciteCatalogReader reader =
            new CalciteCatalogReader(tables.schema(), List.of(), factory, new CalciteConnectionConfigImpl(properties));
        SqlValidator validator = SqlValidatorUtil.newValidator(Functions.operators(), reader, factory, VALIDATOR);
        SqlNode validated = validator.validate(query);
        VolcanoPlanner planner = new VolcanoPlanner();
        planner.addRelTraitDef(ConventionTraitDef.INSTANCE);
        RelOptCluster cluster = RelOptCluster.create(planner, new RexBuilder(factory));
        SqlToRelConverter converter = new SqlToRelConverter(
            (rowType, text, schema, view) -> null, validator, reader, cluster, StandardConvertletTable.INSTANCE, CONVERTER);
        return converter.convertQuery(validated, false, true);
    }

    private SqlFault fault(CalciteContextException error) {
        SqlParserPos place =
            new SqlParserPos(error.getPosLine(), error.getPosColumn(), error.getEndPosLine(), error.getEndPosColumn());
        Throwable cause = error.getCause() == null ? error : error.getCause();
        String message = firstLine(cause.getMessage()).replaceFirst(" Supported form\\(s\\):.*", "");
        return new SqlFault(message, place, suggestion(message));
    }

    private String suggestion(String message) {
        Matcher unknown = UNKNOWN_NAME.matcher(message);
        if (!unknown.find()) {
            return null;
        }
        String name = unknown.group(1).substring(unknown.group(1).lastIndexOf('.') + 1);
        boolean isColumn = message.startsWith("Column");
        String near = Suggestions.nearest(name, isColumn ? tables.columnNames() : tables.tableNames());
        if (near != null || isColumn) {
            return near;
        }
        return tables.all().stream()
            .filter(table -> table.table().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT)) || near(name, table))
            .map(table -> table.database() + "." + table.table())
            .findFirst()
            .orElse(null);
    }

    private static boolean near(String name, io.openclickstream.model.PlanRequest.Table table) {
        return Suggestions.nearest(name, List.of(table.table(), table.database())) != null;
    }

    private static String firstLine(String message) {
        return message == null ? "The query cannot be read" : message.strip().split("\\R", 2)[0].strip();
    }
}
