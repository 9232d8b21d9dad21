package io.openclickstream.flight.vectors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.openclickstream.flight.types.ArrowTypes;
import io.openclickstream.flight.types.TrinoType;
import io.openclickstream.flight.types.ZonedTimestamps;
import io.openclickstream.flight.types.UnsupportedTypeException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.DurationVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.IntervalMonthDayNanoVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.types.TimeUnit;

/** Writers of values without others in them. */
final class ScalarWriters {
    /** Decimals of so many digits fit into a long. */
    private static final int LONG_DIGITS = 18;

    private ScalarWriters() {
    }

    /** Puts a value of a vector of fixed width from its text. */
    private interface FromText {
        void set(String text, int index);
    }

    /** Puts a whole number. */
    private interface FromLong {
        void set(long value, int index);
    }

    /** The writer for a vector that was made for the type by {@link ArrowTypes}. */
    static ValueWriter of(TrinoType type, FieldVector vector, ZonedTimestamps zoned) {
        return switch (type.kind()) {
            case BOOLEAN -> bool((BitVector) vector);
            case TINYINT -> whole((TinyIntVector) vector, (value, index) -> ((TinyIntVector) vector).setSafe(index, (byte) value));
            case SMALLINT -> whole((SmallIntVector) vector, (value, index) -> ((SmallIntVector) vector).setSafe(index, (short) value));
            case INTEGER -> whole((IntVector) vector, (value, index) -> ((IntVector) vector).setSafe(index, (int) value));
            case BIGINT -> whole((BigIntVector) vector, (value, index) -> ((BigIntVector) vector).setSafe(index, value));
            case REAL -> text((Float4Vector) vector, (text, index) -> ((Float4Vector) vector).setSafe(index, Float.parseFloat(text)));
            case DOUBLE -> new DoubleWriter((Float8Vector) vector);
            case DECIMAL -> decimal((DecimalVector) vector);
            case VARCHAR, CHAR, JSON, IPADDRESS, TIME_ZONED -> new TextWriter((BaseVariableWidthVector) vector);
            case VARBINARY -> new BinaryWriter((VarBinaryVector) vector);
            case DATE -> text((DateDayVector) vector,
                (text, index) -> ((DateDayVector) vector).setSafe(index, Math.toIntExact(TimeText.days(text))));
            case TIME -> time(vector);
            case TIMESTAMP -> timestamp(type, (TimeStampVector) vector);
            case TIMESTAMP_ZONED -> zoned((TimeStampVector) vector, zoned);
            case INTERVAL_YEAR_MONTH -> text((IntervalMonthDayNanoVector) vector,
                (text, index) -> ((IntervalMonthDayNanoVector) vector).setSafe(index, TimeText.monthInterval(text), 0, 0));
            case INTERVAL_DAY_SECOND -> text((DurationVector) vector,
                (text, index) -> ((DurationVector) vector).setSafe(index, Duration.ofMillis(TimeText.dayInterval(text)).toMillis()));
            case UUID -> text((FixedSizeBinaryVector) vector,
                (text, index) -> ((FixedSizeBinaryVector) vector).setSafe(index, uuidBytes(text)));
            default -> throw new IllegalStateException("no writer of values of the type " + type.text());
        };
    }

    private static byte[] uuidBytes(String text) {
        UUID uuid = UUID.fromString(text);
        return ByteBuffer.allocate(16).putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits()).array();
    }

    private static ValueWriter time(FieldVector vector) {
        return vector instanceof TimeNanoVector nano
            ? text(nano, (text, index) -> nano.setSafe(index, TimeText.nanosOfDay(text, 0)))
            : text((TimeMicroVector) vector, (text, index) -> ((TimeMicroVector) vector).setSafe(index, TimeText.nanosOfDay(text, 0) / 1000));
    }

    private static ValueWriter timestamp(TrinoType type, TimeStampVector vector) {
        boolean isNano = ArrowTypes.unit(type, vector.getName()) == TimeUnit.NANOSECOND;
        return text(vector, (text, index) -> vector.setSafe(index, TimeText.timestamp(text, isNano)));
    }

    private static ValueWriter zoned(TimeStampVector vector, ZonedTimestamps zoned) {
        boolean isNano = vector.getMinorType().name().startsWith("TIMESTAMPNANO");
        return text(vector, (text, index) -> {
            if (zoned == ZonedTimestamps.UTC && !text.endsWith(" UTC")) {
                throw new UnsupportedTypeException("the value \"" + text + "\" has another zone than UTC, and an Arrow column has one zone; "
                    + "write the column AT TIME ZONE 'UTC', or set the session option zoned_timestamps to \"instant\", which drops the zone, "
                    + "or to \"struct\", which keeps it beside the instant");
            }
            vector.setSafe(index, TimeText.instant(text, isNano));
        });
    }

    /** Instants of timestamps with any zone. */
    static ValueWriter instant(TimeStampVector vector) {
        return zoned(vector, ZonedTimestamps.INSTANT);
    }

    /** Texts as they are. */
    static ValueWriter text(BaseVariableWidthVector vector) {
        return new TextWriter(vector);
    }

    private static ValueWriter text(BaseFixedWidthVector vector, FromText setter) {
        int bytes = vector.getTypeWidth();
        return new ValueWriter() {
            @Override
            int writeValue(JsonParser parser, int index) throws IOException {
                return writeText(parser.getText(), index);
            }

            @Override
            int writeText(String text, int index) {
                setter.set(text, index);
                return bytes;
            }

            @Override
            void writeNull(int index) {
                vector.setNull(index);
            }
        };
    }

    private static ValueWriter whole(BaseFixedWidthVector vector, FromLong setter) {
        int bytes = vector.getTypeWidth();
        return new ValueWriter() {
            @Override
            int writeValue(JsonParser parser, int index) throws IOException {
                setter.set(parser.getLongValue(), index);
                return bytes;
            }

            @Override
            int writeText(String text, int index) {
                setter.set(Long.parseLong(text), index);
                return bytes;
            }

            @Override
            void writeNull(int index) {
                vector.setNull(index);
            }
        };
    }

    private static ValueWriter bool(BitVector vector) {
        return new ValueWriter() {
            @Override
            int writeValue(JsonParser parser, int index) throws IOException {
                vector.setSafe(index, parser.getBooleanValue() ? 1 : 0);
                return 1;
            }

            @Override
            int writeText(String text, int index) {
                vector.setSafe(index, Boolean.parseBoolean(text) ? 1 : 0);
                return 1;
            }

            @Override
            void writeNull(int index) {
                vector.setNull(index);
            }
        };
    }

    private static ValueWriter decimal(DecimalVector vector) {
        return text(vector, (text, index) -> {
            if (vector.getPrecision() <= LONG_DIGITS) {
                vector.setSafe(index, unscaled(text, vector.getScale()));
            } else {
                vector.setSafe(index, new BigDecimal(text));
            }
        });
    }

    /** The digits of a decimal of this scale, which Trino writes whole, as one number. */
    private static long unscaled(String text, int scale) {
        int point = text.indexOf('.');
        if ((point < 0 ? 0 : text.length() - point - 1) != scale || text.indexOf('E') >= 0) {
            return new BigDecimal(text).setScale(scale).unscaledValue().longValueExact();
        }
        long digits = 0;
        for (int place = text.charAt(0) == '-' ? 1 : 0; place < text.length(); place++) {
            digits = place == point ? digits : digits * 10 + (text.charAt(place) - '0');
        }
        return text.charAt(0) == '-' ? -digits : digits;
    }

    /** Not a number and the infinities come as texts. */
    private static final class DoubleWriter extends ValueWriter {
        private final Float8Vector vector;

        DoubleWriter(Float8Vector vector) {
            this.vector = vector;
        }

        @Override
        int writeValue(JsonParser parser, int index) throws IOException {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                return writeText(parser.getText(), index);
            }
            vector.setSafe(index, parser.getDoubleValue());
            return Double.BYTES;
        }

        @Override
        int writeText(String text, int index) {
            vector.setSafe(index, Double.parseDouble(text));
            return Double.BYTES;
        }

        @Override
        void writeNull(int index) {
            vector.setNull(index);
        }
    }

    private static final class TextWriter extends ValueWriter {
        private final BaseVariableWidthVector vector;

        TextWriter(BaseVariableWidthVector vector) {
            this.vector = vector;
        }

        @Override
        int writeValue(JsonParser parser, int index) throws IOException {
            return writeText(parser.getText(), index);
        }

        @Override
        int writeText(String text, int index) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            vector.setSafe(index, bytes);
            return bytes.length + Integer.BYTES;
        }

        @Override
        void writeNull(int index) {
            vector.setNull(index);
        }
    }

    /** Binary values come in base64. */
    private static final class BinaryWriter extends ValueWriter {
        private final VarBinaryVector vector;

        BinaryWriter(VarBinaryVector vector) {
            this.vector = vector;
        }

        @Override
        int writeValue(JsonParser parser, int index) throws IOException {
            byte[] bytes = parser.getBinaryValue();
            vector.setSafe(index, bytes);
            return bytes.length + Integer.BYTES;
        }

        @Override
        int writeText(String text, int index) {
            throw new IllegalStateException("binary keys of maps are refused by their type");
        }

        @Override
        void writeNull(int index) {
            vector.setNull(index);
        }
    }
}
