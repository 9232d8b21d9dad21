package io.openclickstream.planner;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rel.type.StructKind;
import org.apache.calcite.sql.type.SqlTypeName;

/** Iceberg's types as text, such as {@code map<string,string>}, and the types that the planner has for them. */
final class IcebergTypes {
    static final int MICROSECONDS = 6;

    private final RelDataTypeFactory factory;

    IcebergTypes(RelDataTypeFactory factory) {
        this.factory = factory;
    }

    /** The type of a column. Throws {@link IllegalArgumentException} with the text that is no type. */
    RelDataType parse(String text, boolean isRequired) {
        return factory.createTypeWithNullability(typeOf(text.strip()), !isRequired);
    }

    private RelDataType typeOf(String text) {
        if (text.startsWith("list<") && text.endsWith(">")) {
            return factory.createArrayType(parse(text.substring(5, text.length() - 1), false), -1);
        }
        if (text.startsWith("map<") && text.endsWith(">")) {
            List<String> parts = parts(text.substring(4, text.length() - 1));
            if (parts.size() == 2) {
                return factory.createMapType(parse(parts.get(0), true), parse(parts.get(1), false));
            }
        }
        if (text.startsWith("struct<") && text.endsWith(">")) {
            return struct(text);
        }
        return scalar(text);
    }

    private RelDataType struct(String text) {
        RelDataTypeFactory.Builder builder = factory.builder().kind(StructKind.PEEK_FIELDS_NO_EXPAND);
        for (String field : parts(text.substring(7, text.length() - 1))) {
            int colon = field.indexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("\"" + text + "\" is no Iceberg type: \"" + field + "\" must be name:type");
            }
            builder.add(field.substring(0, colon).strip(), parse(field.substring(colon + 1), false));
        }
        return builder.build();
    }

    /** What stands between the commas outside of inner brackets. */
    private static List<String> parts(String text) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int position = 0; position < text.length(); position++) {
            char character = text.charAt(position);
            if (character == '<' || character == '(') {
                depth++;
            } else if (character == '>' || character == ')') {
                depth--;
            } else if (character == ',' && depth == 0) {
                parts.add(text.substring(start, position));
                start = position + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    private RelDataType scalar(String text) {
        if (text.startsWith("decimal(") && text.endsWith(")")) {
            List<String> sizes = parts(text.substring(8, text.length() - 1));
            if (sizes.size() == 2 && sizes.stream().allMatch(size -> size.strip().matches("[0-9]{1,2}"))) {
                return factory.createSqlType(SqlTypeName.DECIMAL, Integer.parseInt(sizes.get(0).strip()), Integer.parseInt(sizes.get(1).strip()));
            }
        }
        if (text.startsWith("fixed(")) {
            return factory.createSqlType(SqlTypeName.VARBINARY);
        }
        return switch (text) {
            case "boolean" -> factory.createSqlType(SqlTypeName.BOOLEAN);
            case "int" -> factory.createSqlType(SqlTypeName.INTEGER);
            case "long" -> factory.createSqlType(SqlTypeName.BIGINT);
            case "float" -> factory.createSqlType(SqlTypeName.REAL);
            case "double" -> factory.createSqlType(SqlTypeName.DOUBLE);
            case "date" -> factory.createSqlType(SqlTypeName.DATE);
            case "timestamp" -> factory.createSqlType(SqlTypeName.TIMESTAMP, MICROSECONDS);
            case "timestamptz" -> factory.createSqlType(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE, MICROSECONDS);
            case "string" -> factory.createSqlType(SqlTypeName.VARCHAR);
            // They can be in a table; what uses them is refused by its type.
            case "time" -> factory.createSqlType(SqlTypeName.TIME);
            case "uuid", "binary" -> factory.createSqlType(SqlTypeName.VARBINARY);
            default -> throw new IllegalArgumentException("\"" + text + "\" is no Iceberg type that the planner knows");
        };
    }

    /** The Iceberg type for a type; null when no column may have it. */
    static String text(RelDataType type) {
        return switch (type.getSqlTypeName()) {
            case BOOLEAN -> "boolean";
            case TINYINT, SMALLINT, INTEGER -> "int";
            case BIGINT -> "long";
            case REAL -> "float";
            case FLOAT, DOUBLE -> "double";
            case DECIMAL -> "decimal(" + type.getPrecision() + "," + type.getScale() + ")";
            case DATE -> "date";
            case TIMESTAMP -> "timestamp";
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> "timestamptz";
            case CHAR, VARCHAR -> "string";
            case ARRAY -> nested("list<", List.of(type.getComponentType()));
            case MAP -> nested("map<", List.of(type.getKeyType(), type.getValueType()));
            case ROW -> structText(type);
            default -> null;
        };
    }

    private static String nested(String opening, List<RelDataType> types) {
        List<String> texts = types.stream().map(IcebergTypes::text).toList();
        return texts.stream().anyMatch(text -> text == null) ? null : opening + String.join(",", texts) + ">";
    }

    private static String structText(RelDataType type) {
        List<RelDataTypeField> fields = type.getFieldList();
        if (fields.stream().anyMatch(field -> text(field.getType()) == null)) {
            return null;
        }
        return fields.stream().map(field -> field.getName() + ":" + text(field.getType())).collect(Collectors.joining(",", "struct<", ">"));
    }
}
