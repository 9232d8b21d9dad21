package io.openclickstream.stream.model;

/** One column of an output table. */
public record Column(String name, ColumnType type, boolean required) {
}
