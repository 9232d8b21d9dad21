package io.openclickstream.planner;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlBasicFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.fun.SqlBasicAggFunction;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeTransforms;
import org.apache.calcite.sql.util.SqlOperatorTables;

/** The functions that a query may call: names that both engines are proven to compute alike, and those that the standard does not have. */
final class Functions {
    /** What the parser is given for DATE_TRUNC; see {@link SqlSource#forParser()}. */
    static final String DATE_TRUNC_ALIAS = "DATE_TRUN_";

    static final String APPROX_DISTINCT = "APPROX_DISTINCT";
    static final String COUNT_IF = "COUNT_IF";
    static final String MAX_BY = "MAX_BY";
    static final String MIN_BY = "MIN_BY";
    static final String ELEMENT_AT = "ELEMENT_AT";
    static final String LENGTH = "LENGTH";
    static final String CONCAT = "CONCAT";
    static final String STARTS_WITH = "STARTS_WITH";
    static final String SPLIT_PART = "SPLIT_PART";
    static final String CONTAINS = "CONTAINS";

    /** By their names in capitals. What is not here is refused before it is looked up. */
    static final Set<String> NAMES = Set.copyOf(new TreeSet<>(List.of(
        DATE_TRUNC_ALIAS, APPROX_DISTINCT, COUNT_IF, MAX_BY, MIN_BY, ELEMENT_AT, LENGTH, CONCAT, STARTS_WITH, SPLIT_PART, CONTAINS,
        "UPPER", "LOWER", "CHAR_LENGTH", "CHARACTER_LENGTH", "SUBSTRING", "TRIM", "REPLACE", "POSITION",
        "ABS", "FLOOR", "CEIL", "CEILING", "MOD", "SQRT", "LN", "EXP", "POWER", "ROUND",
        "COALESCE", "NULLIF", "CAST", "TRY_CAST", "CARDINALITY",
        "EXTRACT", "YEAR", "QUARTER", "MONTH", "WEEK", "DAYOFMONTH", "DAYOFYEAR", "HOUR", "MINUTE", "SECOND",
        "COUNT", "SUM", "AVG", "MIN", "MAX", "APPROX_COUNT_DISTINCT", "GROUPING", "STDDEV_SAMP", "STDDEV_POP", "VAR_SAMP", "VAR_POP",
        "ROW_NUMBER", "RANK", "DENSE_RANK", "PERCENT_RANK", "CUME_DIST", "NTILE", "LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE")));

    private static final SqlReturnTypeInference ELEMENT = binding -> {
        RelDataType collection = binding.getOperandType(0);
        RelDataType element = collection.getKeyType() == null ? collection.getComponentType() : collection.getValueType();
        return binding.getTypeFactory().createTypeWithNullability(element, true);
    };
    private static final SqlReturnTypeInference NULLABLE_FIRST = ReturnTypes.ARG0.andThen(SqlTypeTransforms.FORCE_NULLABLE);

    private static final List<SqlOperator> OWN = List.of(
        function(DATE_TRUNC_ALIAS, ReturnTypes.ARG1_NULLABLE, OperandTypes.family(SqlTypeFamily.CHARACTER, SqlTypeFamily.DATETIME)),
        function(ELEMENT_AT, ELEMENT, OperandTypes.family(SqlTypeFamily.ARRAY, SqlTypeFamily.INTEGER)
            .or(OperandTypes.family(SqlTypeFamily.MAP, SqlTypeFamily.ANY))),
        function(LENGTH, ReturnTypes.INTEGER_NULLABLE, OperandTypes.family(SqlTypeFamily.CHARACTER)),
        function(CONCAT, ReturnTypes.VARCHAR.andThen(SqlTypeTransforms.TO_NULLABLE), OperandTypes.repeat(
            SqlOperandCountRanges.from(1), OperandTypes.CHARACTER)),
        function(STARTS_WITH, ReturnTypes.BOOLEAN_NULLABLE, OperandTypes.family(SqlTypeFamily.CHARACTER, SqlTypeFamily.CHARACTER)),
        function(SPLIT_PART, ReturnTypes.VARCHAR.andThen(SqlTypeTransforms.FORCE_NULLABLE),
            OperandTypes.family(SqlTypeFamily.CHARACTER, SqlTypeFamily.CHARACTER, SqlTypeFamily.INTEGER)),
        function(CONTAINS, ReturnTypes.BOOLEAN_NULLABLE, OperandTypes.family(SqlTypeFamily.ARRAY, SqlTypeFamily.ANY)),
        SqlLibraryOperators.TRY_CAST,
        SqlBasicAggFunction.create(APPROX_DISTINCT, SqlKind.OTHER_FUNCTION, ReturnTypes.BIGINT, OperandTypes.ANY),
        SqlBasicAggFunction.create(COUNT_IF, SqlKind.OTHER_FUNCTION, ReturnTypes.BIGINT, OperandTypes.BOOLEAN),
        SqlBasicAggFunction.create(MAX_BY, SqlKind.OTHER_FUNCTION, NULLABLE_FIRST, OperandTypes.ANY_ANY),
        SqlBasicAggFunction.create(MIN_BY, SqlKind.OTHER_FUNCTION, NULLABLE_FIRST, OperandTypes.ANY_ANY));

    private Functions() {
    }

    /** The product's own functions in front of the standard's. */
    static SqlOperatorTable operators() {
        return SqlOperatorTables.chain(SqlOperatorTables.of(OWN), SqlStdOperatorTable.instance());
    }

    private static SqlOperator function(
        String name, SqlReturnTypeInference result, SqlOperandTypeChecker operands) {
        return SqlBasicFunction.create(name, result, operands, SqlFunctionCategory.USER_DEFINED_FUNCTION);
    }
}
