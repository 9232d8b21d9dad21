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
