package io.openclickstream.lake;

import io.openclickstream.model.EventColumns;
import java.io.Serializable;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.DateTimeUtil;

/**
 * Columns of the events table beyond the event model, each filled from one property of the event.
 *
 * @param propertyOf the property's name by the column's
 */
public record PropertyColumns(Map<String, String> propertyOf) implements Serializable {
    /** No such columns. */
    public static final PropertyColumns NONE = new PropertyColumns(Map.of());

    /** Where a column is in a table, and what fills it. */
    private record Target(int position, Type type, String property) {
    }

    /** Fills the columns of one table's records. */
    static final class Filler {
        private final List<Target> targets = new ArrayList<>();

        private Filler() {
        }

        /** Sets each column whose property is there and can be read as the column's type; the text stays among the properties. */
        void fill(Record record, Map<String, String> properties) {
            if (properties == null) {
                return;
            }
            for (Target target : targets) {
                String text = properties.get(target.property());
                if (text != null) {
                    record.set(target.position(), read(text, target.type()));
                }
            }
        }
    }

    /** For a table as it is now. Columns that it does not have, or that the job fills itself, are passed over. */
    Filler fillerFor(Schema schema) {
        Filler filler = new Filler();
        propertyOf.forEach((column, property) -> {
            Types.NestedField field = schema.asStruct().field(column);
            boolean isOfModel = EventColumns.ALL.stream().anyMatch(known -> known.name().equals(column));
            if (field != null && !isOfModel) {
                filler.targets.add(new Target(schema.columns().indexOf(field), field.type(), property));
            }
        });
        return filler;
    }

    /** The value in Iceberg's generic form; null where the text is none of the type. */
    private static Object read(String text, Type type) {
        try {
            return switch (type.typeId()) {
                case STRING -> text;
                case BOOLEAN -> readBoolean(text.strip());
                case INTEGER -> new BigDecimal(text.strip()).intValueExact();
                case LONG -> new BigDecimal(text.strip()).longValueExact();
                case DOUBLE -> readDouble(text.strip());
                case TIMESTAMP -> type.equals(Types.TimestampType.withZone()) ? readTime(text.strip()) : null;
                default -> null;
            };
        } catch (RuntimeException notOfTheType) {
            return null;
        }
    }

    private static Boolean readBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> Boolean.TRUE;
            case "false" -> Boolean.FALSE;
            default -> null;
        };
    }

    private static Double readDouble(String text) {
        double number = new BigDecimal(text).doubleValue();
        return Double.isFinite(number) ? number : null;
    }

    /** Through microseconds, which the table holds: a time beyond them is none. */
    private static OffsetDateTime readTime(String text) {
        return DateTimeUtil.timestamptzFromMicros(DateTimeUtil.microsFromTimestamptz(OffsetDateTime.parse(text)));
    }
}
