package io.openclickstream.model;

/** Types of the event model's columns, with the Java type of their values inside the job. */
public enum ColumnType {
    /** {@link String}. */
    STRING("string"),
    /** {@link Integer}. */
    INT("int"),
    /** {@link Long}. */
    LONG("long"),
    /** {@link Boolean}. */
    BOOLEAN("boolean"),
    /** {@link Long}: microseconds since the epoch, UTC. */
    TIMESTAMPTZ("timestamptz"),
    /** {@code byte[]}. */
    BINARY("binary"),
    /** {@code Map<String, String>} without null keys or values. */
    STRING_MAP("map<string,string>");

    private final String modelName;

    ColumnType(String modelName) {
        this.modelName = modelName;
    }

    /** The type with this name in the event model. */
    public static ColumnType of(String modelName) {
        for (ColumnType type : values()) {
            if (type.modelName.equals(modelName)) {
                return type;
            }
        }
        throw new IllegalArgumentException("the event model has a column type that the job does not know: \"" + modelName + "\"");
    }

    /** The Iceberg type's name. */
    public String modelName() {
        return modelName;
    }
}
