package io.openclickstream.lake;

/** An Iceberg REST catalog: its name in table names, its URI, and what it wants to be told; warehouse and prefix may be null. */
public record CatalogSettings(String name, String uri, String warehouse, String prefix) {
}
