package io.openclickstream.model;

/**
 * One column of an output table. The constants of {@link EventColumns} and its siblings are all that there are.
 *
 * @param <T> the Java type of the column's values
 * @param position where a row holds the value
 * @param name the column's name in the table
 * @param type the column's type
 * @param required whether every row has a value
 */
public record Column<T>(int position, String name, ColumnType type, boolean required) {
}
