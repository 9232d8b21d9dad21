package io.openclickstream.flight.query;

import io.openclickstream.flight.types.TrinoType;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.memory.util.Float16;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.BaseListVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;

/** Writes the values of parameters as literals of Trino. A text can end its literal by nothing. */
public final class Literals {
    private static final Set<TrinoType.Kind> WHOLE =
        Set.of(TrinoType.Kind.TINYINT, TrinoType.Kind.SMALLINT, TrinoType.Kind.INTEGER, TrinoType.Kind.BIGINT);
    /** From a text to one of these, a cast changes nothing or fails. */
    private static final Set<TrinoType.Kind> FROM_TEXT = Set.of(TrinoType.Kind.DATE, TrinoType.Kind.UUID, TrinoType.Kind.IPADDRESS,
        TrinoType.Kind.TINYINT, TrinoType.Kind.SMALLINT, TrinoType.Kind.INTEGER, TrinoType.Kind.BIGINT, TrinoType.Kind.BOOLEAN, TrinoType.Kind.DOUBLE);
    private static final String EXTENSION_NAME = "ARROW:extension:name";
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    private Literals() {
    }

    /** A text between quotes. */
    public static String text(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** The value of a parameter; {@code wanted} is the type that Trino expects, null where it does not say. */
    public static String of(FieldVector vector, int row, TrinoType wanted) {
        if (vector.isNull(row)) {
            return "NULL";
        }
        String literal = value(vector, row);
        return isCast(vector.getField().getType(), wanted) ? "CAST(" + literal + " AS " + wanted.text() + ")" : literal;
    }

    private static boolean isCast(ArrowType type, TrinoType wanted) {
        if (wanted == null) {
            return false;
        }
        return type instanceof ArrowType.Int && WHOLE.contains(wanted.kind())
            || (type instanceof ArrowType.Utf8 || type instanceof ArrowType.LargeUtf8) && FROM_TEXT.contains(wanted.kind());
    }

    private static String value(FieldVector vector, int row) {
        ArrowType type = vector.getField().getType();
        return switch (type.getTypeID()) {
            case Bool -> vector.getObject(row).toString();
            case Int -> whole((ArrowType.Int) type, (BaseFixedWidthVector) vector, row);
            case FloatingPoint -> floating((ArrowType.FloatingPoint) type, vector.getObject(row));
            case Utf8, LargeUtf8, Utf8View -> text(vector.getObject(row).toString());
            case Binary, LargeBinary, FixedSizeBinary, BinaryView -> binary(vector, (byte[]) vector.getObject(row));
            case Decimal -> "DECIMAL '" + ((BigDecimal) vector.getObject(row)).toPlainString() + "'";
            case Date -> "DATE '" + date((ArrowType.Date) type, (BaseFixedWidthVector) vector, row) + "'";
            case Time -> "TIME '" + time((ArrowType.Time) type, (BaseFixedWidthVector) vector, row) + "'";
            case Timestamp -> timestamp((ArrowType.Timestamp) type, number((BaseFixedWidthVector) vector, row));
            case List, LargeList, FixedSizeList -> array((List<?>) vector.getObject(row), vector, row);
            default -> throw refused(vector, "has a type that no parameter may have");
        };
    }

    private static RuntimeException refused(FieldVector vector, String problem) {
        return CallStatus.INVALID_ARGUMENT
            .withDescription("the parameter \"" + vector.getName() + "\" " + problem + ": " + vector.getField().getType()).toRuntimeException();
    }

    private static long number(BaseFixedWidthVector vector, int row) {
        return switch (vector.getTypeWidth()) {
            case 1 -> vector.getDataBuffer().getByte(row);
            case 2 -> vector.getDataBuffer().getShort(row * 2L);
            case 4 -> vector.getDataBuffer().getInt(row * 4L);
            default -> vector.getDataBuffer().getLong(row * 8L);
        };
    }

    private static String whole(ArrowType.Int type, BaseFixedWidthVector vector, int row) {
        long number = number(vector, row);
        if (type.getIsSigned()) {
            return switch (type.getBitWidth()) {
                case 8 -> "TINYINT '" + number + "'";
                case 16 -> "SMALLINT '" + number + "'";
                case 32 -> "INTEGER '" + number + "'";
                default -> "BIGINT '" + number + "'";
            };
        }
        return type.getBitWidth() == 64
            ? "DECIMAL '" + Long.toUnsignedString(number) + "'"
            : "BIGINT '" + (number & (1L << type.getBitWidth()) - 1) + "'";
    }

    private static String floating(ArrowType.FloatingPoint type, Object value) {
        return switch (type.getPrecision()) {
            case DOUBLE -> "DOUBLE '" + value + "'";
            case SINGLE -> "REAL '" + value + "'";
            case HALF -> "REAL '" + Float16.toFloat((Short) value) + "'";
        };
    }

    private static String binary(FieldVector vector, byte[] bytes) {
        if ("arrow.uuid".equals(vector.getField().getMetadata().get(EXTENSION_NAME))) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            return "UUID '" + new UUID(buffer.getLong(), buffer.getLong()) + "'";
        }
        return "X'" + HexFormat.of().formatHex(bytes) + "'";
    }

    private static LocalDate date(ArrowType.Date type, BaseFixedWidthVector vector, int row) {
        long number = number(vector, row);
        long days = switch (type.getUnit()) {
            case DAY -> number;
            case MILLISECOND -> Math.floorDiv(number, 86_400_000L);
        };
        return LocalDate.ofEpochDay(days);
    }

    private static String time(ArrowType.Time type, BaseFixedWidthVector vector, int row) {
        long nanos = Math.multiplyExact(number(vector, row), nanosOf(type.getUnit()));
        return LocalTime.ofNanoOfDay(nanos).withNano(0).format(DateTimeFormatter.ISO_LOCAL_TIME) + fraction(nanos, type.getUnit());
    }

    private static long nanosOf(TimeUnit unit) {
        return switch (unit) {
            case SECOND -> 1_000_000_000L;
            case MILLISECOND -> 1_000_000L;
            case MICROSECOND -> 1_000L;
            case NANOSECOND -> 1L;
        };
    }

    /** As many digits as the unit has: the literal's type has the same. */
    private static String fraction(long nanos, TimeUnit unit) {
        int digits = unit.ordinal() * 3;
        String all = String.format("%09d", Math.floorMod(nanos, 1_000_000_000L));
        return digits == 0 ? "" : "." + all.substring(0, digits);
    }

    private static String timestamp(ArrowType.Timestamp type, long number) {
        long perSecond = 1_000_000_000L / nanosOf(type.getUnit());
        Instant second = Instant.ofEpochSecond(Math.floorDiv(number, perSecond));
        long nanos = Math.floorMod(number, perSecond) * nanosOf(type.getUnit());
        String local = SECONDS.format(second.atOffset(ZoneOffset.UTC)) + fraction(nanos, type.getUnit());
        String zone = type.getTimezone();
        if (zone == null || zone.isEmpty()) {
            return "TIMESTAMP '" + local + "'";
        }
        String instant = "TIMESTAMP '" + local + " UTC'";
        return zone.equals("UTC") ? instant : "(" + instant + " AT TIME ZONE " + text(zone) + ")";
    }

    private static String array(List<?> values, FieldVector vector, int row) {
        FieldVector elements = vector.getChildrenFromFields().get(0);
        int start = vector instanceof BaseListVector list ? list.getElementStartIndex(row) : 0;
        List<String> literals = new ArrayList<>();
        for (int position = 0; position < values.size(); position++) {
            literals.add(of(elements, start + position, null));
        }
        return "ARRAY[" + String.join(", ", literals) + "]";
    }
}
