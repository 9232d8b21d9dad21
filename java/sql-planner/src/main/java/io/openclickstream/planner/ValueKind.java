package io.openclickstream.planner;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.type.SqlTypeName;

/** What a value is, as far as the engines treat it alike. */
enum ValueKind {
    BOOLEAN,
    WHOLE,
    DECIMAL,
    FLOATING,
    TEXT,
    DATE,
    /** A timestamp without a zone. */
    NAIVE,
    /** A point in time. */
    INSTANT,
    INTERVAL,
    LIST,
    MAP,
    STRUCT,
    NULL,
    /** What is not proven. */
    OTHER;

    static ValueKind of(RelDataType type) {
        SqlTypeName name = type.getSqlTypeName();
        if (SqlTypeName.INTERVAL_TYPES.contains(name)) {
            return INTERVAL;
        }
        return switch (name) {
            case BOOLEAN -> BOOLEAN;
            case TINYINT, SMALLINT, INTEGER, BIGINT -> WHOLE;
            case DECIMAL -> DECIMAL;
            case REAL, FLOAT, DOUBLE -> FLOATING;
            case CHAR, VARCHAR -> TEXT;
            case DATE -> DATE;
            case TIMESTAMP -> NAIVE;
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> INSTANT;
            case ARRAY -> LIST;
            case MAP -> MAP;
            case ROW -> STRUCT;
            case NULL -> NULL;
            default -> OTHER;
        };
    }

    boolean isTime() {
        return this == DATE || this == NAIVE || this == INSTANT;
    }

    boolean isNumber() {
        return this == WHOLE || this == DECIMAL || this == FLOATING;
    }

    /** Whether two values are equal, or which comes first, is the same on both engines. */
    boolean isComparable() {
        return isTime() || isNumber() || this == BOOLEAN || this == TEXT || this == NULL;
    }
}
