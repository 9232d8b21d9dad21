package io.openclickstream.lake;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * A column of time, and the unit of time by which the table is partitioned on it.
 *
 * @param column the column's name
 * @param type timestamp or date
 * @param unit the unit of partitions, days where the table has none on the column; of several partitionings the longest, since
 *     partitions of the others fill it
 */
public record TableTime(String column, Type type, ChronoUnit unit) {
    /**
     * A column of the table.
     *
     * @throws IllegalStateException when there is no such column, or it holds no time
     */
    public static TableTime of(Table table, String column) {
        Types.NestedField field = table.schema().findField(column);
        if (field == null || !isTime(field.type())) {
            throw new IllegalStateException("column \"" + column + "\" of table " + table.name()
                + (field == null ? " does not exist" : " is a " + field.type() + ", and must be a timestamp or a date"));
        }
        ChronoUnit unit = specs(table).flatMap(spec -> spec.fields().stream()).filter(part -> part.sourceId() == field.fieldId())
            .map(TableTime::unit).flatMap(Optional::stream).max(Comparator.naturalOrder()).orElse(ChronoUnit.DAYS);
        return new TableTime(column, field.type(), unit);
    }

    /** The present partitioning, and earlier ones by which files are partitioned still. */
    private static Stream<PartitionSpec> specs(Table table) {
        Snapshot current = table.currentSnapshot();
        Stream<Integer> used = current == null || table.specs().size() == 1
            ? Stream.empty()
            : current.dataManifests(table.io()).stream().map(ManifestFile::partitionSpecId);
        return Stream.concat(Stream.of(table.spec().specId()), used).distinct().map(table.specs()::get);
    }

    /** The column by whose time the table is partitioned; of several the first. */
    public static Optional<TableTime> ofPartitions(Table table) {
        return table.spec().fields().stream().filter(part -> unit(part).isPresent())
            .map(part -> table.schema().findColumnName(part.sourceId()))
            .filter(column -> column != null && isTime(table.schema().findType(column)))
            .map(column -> of(table, column))
            .findFirst();
    }

    private static boolean isTime(Type type) {
        return type.typeId() == Type.TypeID.TIMESTAMP || type.typeId() == Type.TypeID.DATE;
    }

    private static Optional<ChronoUnit> unit(PartitionField part) {
        return switch (part.transform().toString()) {
            case "hour" -> Optional.of(ChronoUnit.HOURS);
            case "day", "identity" -> Optional.of(ChronoUnit.DAYS);
            case "month" -> Optional.of(ChronoUnit.MONTHS);
            case "year" -> Optional.of(ChronoUnit.YEARS);
            default -> Optional.empty();
        };
    }

    /** The rows before the partition that a moment is in, so that they fill whole partitions. */
    public Expression before(Instant moment) {
        return Expressions.lessThan(column, text(start(moment)));
    }

    /** The beginning of the partition that a moment is in. */
    public Instant start(Instant moment) {
        OffsetDateTime time = moment.atOffset(ZoneOffset.UTC);
        return switch (unit) {
            case HOURS -> time.truncatedTo(ChronoUnit.HOURS).toInstant();
            case MONTHS -> time.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).toInstant();
            case YEARS -> time.truncatedTo(ChronoUnit.DAYS).withDayOfYear(1).toInstant();
            default -> time.truncatedTo(ChronoUnit.DAYS).toInstant();
        };
    }

    /** As Iceberg reads a literal of the column's type. */
    private String text(Instant time) {
        if (type.typeId() == Type.TypeID.DATE) {
            return LocalDate.ofInstant(time, ZoneOffset.UTC).toString();
        }
        String local = time.atOffset(ZoneOffset.UTC).toLocalDateTime().toString();
        return ((Types.TimestampType) type).shouldAdjustToUTC() ? local + "+00:00" : local;
    }
}
