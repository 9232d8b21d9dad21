package io.openclickstream.lake;

import io.openclickstream.model.Column;
import io.openclickstream.model.ColumnType;
import io.openclickstream.model.OutputTable;
import io.openclickstream.model.OutputRow;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.DateTimeUtil;

/**
 * How rows of an output table become records of the Iceberg table as it is now: by column name, so that columns may be
 * added, reordered and widened under a running job.
 */
final class RecordLayout {
    private final GenericRecord template;
    /** For each column of the model, its position in the Iceberg table's schema. */
    private final int[] targets;
    /** Columns that are int in the model and long in the table. */
    private final boolean[] widened;
    private final List<Column<?>> columns;

    /** Fails when the Iceberg table cannot take every row, naming table and columns. */
    RecordLayout(OutputTable table, String name, Schema schema) {
        columns = table.columns();
        template = GenericRecord.create(schema);
        targets = new int[columns.size()];
        widened = new boolean[columns.size()];
        List<String> problems = new ArrayList<>();
        for (int position = 0; position < columns.size(); position++) {
            Column<?> column = columns.get(position);
            Types.NestedField field = schema.asStruct().field(column.name());
            String problem = problem(column, field);
            if (problem != null) {
                problems.add(problem);
                continue;
            }
            targets[position] = schema.columns().indexOf(field);
            widened[position] = column.type() == ColumnType.INT && field.type().typeId() == Type.TypeID.LONG;
        }
        for (Types.NestedField field : schema.columns()) {
            boolean isOurs = columns.stream().anyMatch(column -> column.name().equals(field.name()));
            if (!isOurs && field.isRequired()) {
                problems.add("column \"" + field.name() + "\" is required, but the job does not know it");
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalStateException("table " + name + " cannot take the job's rows: " + String.join("; ", problems));
        }
    }

    Record record(OutputRow row) {
        GenericRecord record = template.copy();
        for (int position = 0; position < targets.length; position++) {
            Object value = row.value(position);
            if (value != null) {
                record.set(targets[position], icebergValue(position, value));
            }
        }
        return record;
    }

    private Object icebergValue(int position, Object value) {
        return switch (columns.get(position).type()) {
            case TIMESTAMPTZ -> DateTimeUtil.timestamptzFromMicros((Long) value);
            case BINARY -> ByteBuffer.wrap((byte[]) value);
            case INT -> widened[position] ? (Object) ((Integer) value).longValue() : value;
            default -> value;
        };
    }

    private static String problem(Column<?> column, Types.NestedField field) {
        if (field == null) {
            return "column \"" + column.name() + "\" is missing";
        }
        if (field.isRequired() && !column.required()) {
            return "column \"" + column.name() + "\" is required, but not every row has a value";
        }
        return fits(column.type(), field.type()) ? null
            : "column \"" + column.name() + "\" must be " + column.type().modelName() + ", not " + field.type();
    }

    private static boolean fits(ColumnType wanted, Type actual) {
        return switch (wanted) {
            case STRING -> actual.typeId() == Type.TypeID.STRING;
            case INT -> actual.typeId() == Type.TypeID.INTEGER || actual.typeId() == Type.TypeID.LONG;
            case LONG -> actual.typeId() == Type.TypeID.LONG;
            case BOOLEAN -> actual.typeId() == Type.TypeID.BOOLEAN;
            case TIMESTAMPTZ -> actual.equals(Types.TimestampType.withZone());
            case BINARY -> actual.typeId() == Type.TypeID.BINARY;
            case STRING_MAP -> actual.isMapType()
                && actual.asMapType().keyType().typeId() == Type.TypeID.STRING
                && actual.asMapType().valueType().typeId() == Type.TypeID.STRING;
        };
    }
}
