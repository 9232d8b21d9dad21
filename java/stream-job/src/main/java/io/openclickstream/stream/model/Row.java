package io.openclickstream.stream.model;

/** The values of one row of an output table, by column name. Absent values are null. */
public final class Row {
    private final OutputTable table;
    private final Object[] values;

    /** An empty row. */
    public Row(OutputTable table) {
        this(table, new Object[table.columns().size()]);
    }

    /** A row over values in the order of the table's columns; the array is not copied. */
    public Row(OutputTable table, Object[] values) {
        this.table = table;
        this.values = values;
    }

    public OutputTable table() {
        return table;
    }

    /** Sets one value, of the Java type that the column's {@link ColumnType} names. */
    public Row set(String column, Object value) {
        values[table.position(column)] = value;
        return this;
    }

    public Object get(String column) {
        return values[table.position(column)];
    }

    /** Values in the order of the table's columns; not a copy. */
    public Object[] values() {
        return values;
    }
}
