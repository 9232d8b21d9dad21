package io.openclickstream.planner;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeSystemImpl;
import org.apache.calcite.sql.type.SqlTypeFactoryImpl;
import org.apache.calcite.sql.type.SqlTypeName;

/** How large types may be and what aggregates give, as Spark and Trino have it. */
final class PlannerTypeSystem extends RelDataTypeSystemImpl {
    static final int MAX_DECIMAL = 38;
    private static final int MIN_QUOTIENT_SCALE = 6;

    /** How many digits a number may have, and how many of them behind the point. */
    record Digits(int precision, int scale) {
        static Digits of(RelDataType type) {
            return switch (type.getSqlTypeName()) {
                case DECIMAL -> new Digits(type.getPrecision(), type.getScale());
                case BIGINT -> new Digits(20, 0);
                default -> new Digits(10, 0);
            };
        }
    }

    /** Types whose texts are Unicode. */
    static RelDataTypeFactory factory() {
        return new SqlTypeFactoryImpl(new PlannerTypeSystem()) {
            @Override
            public Charset getDefaultCharset() {
                return StandardCharsets.UTF_8;
            }
        };
    }

    @Override
    public int getMaxPrecision(SqlTypeName type) {
        return switch (type) {
            case DECIMAL -> MAX_DECIMAL;
            case TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> IcebergTypes.MICROSECONDS;
            default -> super.getMaxPrecision(type);
        };
    }

    @Override
    public int getMaxScale(SqlTypeName type) {
        return type == SqlTypeName.DECIMAL ? MAX_DECIMAL : super.getMaxScale(type);
    }

    @Override
    public int getDefaultPrecision(SqlTypeName type) {
        return switch (type) {
            case TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> IcebergTypes.MICROSECONDS;
            default -> super.getDefaultPrecision(type);
        };
    }

    /** Sums of whole numbers are long, of decimals the widest decimal, and all others double. */
    @Override
    public RelDataType deriveSumType(RelDataTypeFactory types, RelDataType argument) {
        RelDataType sum = switch (argument.getSqlTypeName()) {
            case TINYINT, SMALLINT, INTEGER, BIGINT -> types.createSqlType(SqlTypeName.BIGINT);
            case DECIMAL -> types.createSqlType(SqlTypeName.DECIMAL, MAX_DECIMAL, argument.getScale());
            default -> types.createSqlType(SqlTypeName.DOUBLE);
        };
        return types.createTypeWithNullability(sum, argument.isNullable());
    }

    /** The type of a quotient of decimals: the digits before the point that it can need, and at least six behind it. */
    @Override
    public RelDataType deriveDecimalDivideType(RelDataTypeFactory types, RelDataType dividend, RelDataType divisor) {
        boolean isDecimal = dividend.getSqlTypeName() == SqlTypeName.DECIMAL && ValueKind.of(divisor) != ValueKind.FLOATING
            || divisor.getSqlTypeName() == SqlTypeName.DECIMAL && ValueKind.of(dividend) != ValueKind.FLOATING;
        if (!isDecimal || !ValueKind.of(dividend).isNumber() || !ValueKind.of(divisor).isNumber()) {
            return super.deriveDecimalDivideType(types, dividend, divisor);
        }
        Digits one = Digits.of(dividend);
        Digits other = Digits.of(divisor);
        int scale = Math.max(MIN_QUOTIENT_SCALE, Math.max(one.scale(), other.scale()));
        int precision = Math.min(MAX_DECIMAL, one.precision() - one.scale() + other.scale() + scale);
        RelDataType quotient = types.createSqlType(SqlTypeName.DECIMAL, precision, Math.min(scale, precision));
        return types.createTypeWithNullability(quotient, dividend.isNullable() || divisor.isNullable());
    }

    /** Averages are double: the engines round those of decimals in different places. */
    @Override
    public RelDataType deriveAvgAggType(RelDataTypeFactory types, RelDataType argument) {
        return types.createTypeWithNullability(types.createSqlType(SqlTypeName.DOUBLE), argument.isNullable());
    }

    /** A text keeps its length: without this, 'no' beside 'yes' would become 'no '. */
    @Override
    public boolean shouldConvertRaggedUnionTypesToVarying() {
        return true;
    }
}
