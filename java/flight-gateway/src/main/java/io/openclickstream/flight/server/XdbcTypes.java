package io.openclickstream.flight.server;

import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/** Trino's types as JDBC and ODBC ask for them. */
final class XdbcTypes {
    private static final int NULLABLE = 1;
    private static final int SEARCHABLE = 3;
    private static final int COLUMNS = 19;

    /** A type with its number in JDBC, its size, and what stands around its literals. */
    private record Type(String name, int number, Integer size, String quote) {
    }

    private static final List<Type> TYPES = List.of(
        new Type("boolean", Types.BOOLEAN, 1, null), new Type("tinyint", Types.TINYINT, 3, null),
        new Type("smallint", Types.SMALLINT, 5, null), new Type("integer", Types.INTEGER, 10, null),
        new Type("bigint", Types.BIGINT, 19, null), new Type("real", Types.REAL, 24, null),
        new Type("double", Types.DOUBLE, 53, null), new Type("decimal", Types.DECIMAL, 38, null),
        new Type("varchar", Types.VARCHAR, null, "'"), new Type("char", Types.CHAR, 65_536, "'"),
        new Type("varbinary", Types.VARBINARY, null, "X'"), new Type("date", Types.DATE, 10, "DATE '"),
        new Type("time", Types.TIME, 18, "TIME '"), new Type("timestamp", Types.TIMESTAMP, 29, "TIMESTAMP '"),
        new Type("timestamp with time zone", Types.TIMESTAMP_WITH_TIMEZONE, 35, "TIMESTAMP '"),
        new Type("array", Types.ARRAY, null, null), new Type("map", Types.JAVA_OBJECT, null, null),
        new Type("row", Types.STRUCT, null, null), new Type("uuid", Types.JAVA_OBJECT, 36, "UUID '"),
        new Type("json", Types.JAVA_OBJECT, null, "JSON '"), new Type("ipaddress", Types.JAVA_OBJECT, 45, "IPADDRESS '"));

    private XdbcTypes() {
    }

    /** Rows in the order of Flight SQL's columns, of one number in JDBC or of all. */
    static List<List<Object>> rows(OptionalInt number) {
        List<List<Object>> rows = new ArrayList<>();
        for (Type type : TYPES) {
            if (number.isEmpty() || number.getAsInt() == type.number()) {
                Object[] row = new Object[COLUMNS];
                row[0] = type.name();
                row[1] = type.number();
                row[2] = type.size();
                row[3] = type.quote();
                row[4] = type.quote() == null ? null : "'";
                row[6] = NULLABLE;
                row[7] = type.number() == Types.VARCHAR || type.number() == Types.CHAR;
                row[8] = SEARCHABLE;
                row[9] = false;
                row[10] = false;
                row[15] = type.number();
                rows.add(Arrays.asList(row));
            }
        }
        return rows;
    }
}
