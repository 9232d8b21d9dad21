package io.openclickstream.model;

/** The values of one row of an output table. Absent values are null. Not thread-safe. */
public final class OutputRow {
    private final OutputTable table;
    private final Object[] values;

    /** An empty row. */
    public OutputRow(OutputTable table) {
        this(table, new Object[table.columns().size()]);
    }

    /** A row over values in the order of the table's columns; the array is not copied. */
    OutputRow(OutputTable table, Object[] values) {
        this.table = table;
        this.values = values;
    }

    public OutputTable table() {
        return table;
    }

    /** Sets the value of a column of this row's table; null takes it away. */
    public <T> OutputRow set(Column<T> column, T value) {
        values[positionOf(column)] = value;
        return this;
    }

    /** The value of a column of this row's table; null when it is absent. */
    @SuppressWarnings("unchecked")
    public <T> T get(Column<T> column) {
        return (T) values[positionOf(column)];
    }

    /** The value at a place in the order of the table's columns. */
    public Object value(int position) {
        return values[position];
    }

    /** Columns of two tables may have one name; only those of the own table are constants in its list. */
    private int positionOf(Column<?> column) {
        int position = column.position();
        if (position >= values.length || table.columns().get(position) != column) {
            throw new IllegalArgumentException("table " + table + " does not have this column \"" + column.name() + "\"");
        }
        return position;
    }
}
