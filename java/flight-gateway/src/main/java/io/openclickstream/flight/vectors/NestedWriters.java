package io.openclickstream.flight.vectors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.openclickstream.flight.types.TrinoType;
import io.openclickstream.flight.types.ZonedTimestamps;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;

/** Writers of arrays, maps and rows, and the choice of a writer for each type. */
final class NestedWriters {
    private NestedWriters() {
    }

    /** The writer for a vector that was made for the type. */
    static ValueWriter of(TrinoType type, FieldVector vector, ZonedTimestamps zoned) {
        return switch (type.kind()) {
            case UNKNOWN -> new Nothing((NullVector) vector);
            case ARRAY -> new Arrays((ListVector) vector, of(type.element(0), ((ListVector) vector).getDataVector(), zoned));
            case MAP -> map(type, (MapVector) vector, zoned);
            case ROW -> row(type, (StructVector) vector, zoned);
            case TIMESTAMP_ZONED -> zoned == ZonedTimestamps.STRUCT
                ? new InstantAndZone((StructVector) vector)
                : ScalarWriters.of(type, vector, zoned);
            default -> ScalarWriters.of(type, vector, zoned);
        };
    }

    private static ValueWriter map(TrinoType type, MapVector vector, ZonedTimestamps zoned) {
        StructVector entries = (StructVector) vector.getDataVector();
        ValueWriter keys = of(type.element(0), (FieldVector) entries.getChildByOrdinal(0), zoned);
        ValueWriter values = of(type.element(1), (FieldVector) entries.getChildByOrdinal(1), zoned);
        return new Maps(vector, keys, values);
    }

    private static ValueWriter row(TrinoType type, StructVector vector, ZonedTimestamps zoned) {
        List<ValueWriter> fields = new ArrayList<>();
        for (int position = 0; position < type.elements().size(); position++) {
            fields.add(of(type.element(position), (FieldVector) vector.getChildByOrdinal(position), zoned));
        }
        return new Rows(vector, List.copyOf(fields));
    }

    /** A value with others in it is no key of a map. */
    private abstract static class NestedWriter extends ValueWriter {
        @Override
        final int writeText(String text, int index) {
            throw new IllegalStateException("keys of maps that hold other values are refused by their type");
        }
    }

    /** The column of {@code SELECT NULL}. */
    private static final class Nothing extends NestedWriter {
        private final NullVector vector;

        Nothing(NullVector vector) {
            this.vector = vector;
        }

        @Override
        int writeValue(JsonParser parser, int index) throws IOException {
            throw new IOException("Trino sent a value for the column \"" + vector.getName() + "\", which has none");
        }

        @Override
        void writeNull(int index) {
            vector.setValueCount(index + 1);
        }
    }

    private static final class Arrays extends NestedWriter {
        private final ListVector vector;
        private final ValueWriter elements;

        Arrays(ListVector vector, ValueWriter elements) {
            this.vector = vector;
            this.elements = elements;
        }

        @Override
        int writeValue(JsonParser parser, int index) throws IOException {
            int start = vector.startNewValue(index);
            int count = 0;
            int bytes = Integer.BYTES;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                bytes += elements.write(parser, start + count);
                count++;
            }
            vector.endValue(index, count);
            return bytes;
        }

        @Override
        void writeNull(int index) {
            vector.setNull(index);
        }
    }

    private static final class Maps extends NestedWriter {
        private final MapVector vector;
        private final StructVector entries;
        private final ValueWriter keys;
        private final ValueWriter values;

        Maps(MapVector vector, ValueWriter keys, ValueWriter values) {
            this.vector = vector;
            this.entries = (StructVector) vector.getDataVector();
            this.keys = keys;
            this.values = values;
        }

        @Override
        int writeValue(JsonParser parser, int index) throws IOException {
            int start = vector.startNewValue(index);
            int count = 0;
            int bytes = Integer.BYTES;
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                while (entries.getValueCapacity() <= start + count) {
                    entries.reAlloc();
                }
                entries.setIndexDefined(start + count);
                bytes += keys.writeText(parser.currentName(), start + count);
                parser.nextToken();
                bytes += values.write(parser, start + count);
                count++;
            }
            vector.endValue(index, count);
            return bytes;
        }

        @Override
        void writeNull(int index) {
            vector.setNull(index);
        }
    }

    private static final class Rows extends NestedWriter {
        private final StructVector vector;
        private final List<ValueWriter> fields;

        Rows(StructVector vector, List<ValueWriter> fields) {
            this.vector = vector;
            this.fields = fields;
        }

        @Override
        int writeValue(JsonParser parser, int index) throws IOException {
            defined(vector, index);
            int bytes = 1;
            for (ValueWriter field : fields) {
                parser.nextToken();
                bytes += field.write(parser, index);
            }
            if (parser.nextToken() != JsonToken.END_ARRAY) {
                throw new IOException("Trino sent more fields for the row \"" + vector.getName() + "\" than its type has");
            }
            return bytes;
        }

        /** The fields of a row that is null are null too, which keeps the vectors in step. */
        @Override
        void writeNull(int index) {
            fields.forEach(field -> field.writeNull(index));
            undefined(vector, index);
        }
    }

    /** A timestamp with time zone as its instant and its zone. */
    private static final class InstantAndZone extends NestedWriter {
        private final StructVector vector;
        private final ValueWriter instants;
        private final ValueWriter zones;

        InstantAndZone(StructVector vector) {
            this.vector = vector;
            TimeStampVector instant = (TimeStampVector) vector.getChildByOrdinal(0);
            this.instants = ScalarWriters.instant(instant);
            this.zones = ScalarWriters.text((VarCharVector) vector.getChildByOrdinal(1));
        }

        @Override
        int writeValue(JsonParser parser, int index) throws IOException {
            String text = parser.getText();
            defined(vector, index);
            return instants.writeText(text, index) + zones.writeText(text.substring(text.lastIndexOf(' ') + 1), index);
        }

        @Override
        void writeNull(int index) {
            instants.writeNull(index);
            zones.writeNull(index);
            undefined(vector, index);
        }
    }

    private static void defined(StructVector vector, int index) {
        while (vector.getValueCapacity() <= index) {
            vector.reAlloc();
        }
        vector.setIndexDefined(index);
    }

    private static void undefined(StructVector vector, int index) {
        while (vector.getValueCapacity() <= index) {
            vector.reAlloc();
        }
        vector.setNull(index);
    }
}
