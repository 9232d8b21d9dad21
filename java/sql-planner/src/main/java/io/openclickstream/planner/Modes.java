package io.openclickstream.planner;

import io.openclickstream.model.PlanDocument;
import io.openclickstream.model.PlanRequest;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataTypeField;

/** Whether runs on new data alone give the same table as one run on all data. */
final class Modes {
    private final List<String> names;
    private final PlanRequest.Incremental settings;
    private final Increments.Rows rows;
    private final boolean isDeterministic;
    private final boolean isByInstant;
    private final List<RelDataTypeField> fields;
    private final boolean isSteady;

    /** The zone is that of days and hours. */
    Modes(RelNode relation, PlanRequest.Incremental settings, String zone) {
        this.names = relation.getRowType().getFieldNames();
        this.fields = relation.getRowType().getFieldList();
        this.isSteady = ZoneId.of(zone).getRules().isFixedOffset();
        this.settings = settings;
        Increments increments = new Increments(settings.newDataBy() == null ? "" : settings.newDataBy());
        this.rows = increments.of(relation);
        this.isDeterministic = increments.isDeterministic();
        this.isByInstant = increments.isByInstant();
    }

    boolean isDeterministic() {
        return isDeterministic;
    }

    List<PlanDocument.Mode> all() {
        return List.of(
            mode("Full", null, null),
            mode("Append", append(), null),
            mode("OverwritePartitions", overwrite(), ages()),
            mode("Merge", merge(), ages()));
    }

    private static PlanDocument.Mode mode(String name, String problem, String caution) {
        return new PlanDocument.Mode(name, problem == null, problem, problem == null ? caution : null);
    }

    /** Null when what was read of one time does not depend on when it was read. */
    private String ages() {
        return rows.isWhole()
            ? "an input has no column " + settings.newDataBy() + ": when it changes, rows of earlier times stay as they are until a run reads their time again,"
                + " as lookback and backfills do"
            : null;
    }

    /** Null when new rows can be told from old, and the rest of the rows is known. */
    private String common() {
        if (settings.newDataBy() == null) {
            return "newDataBy is not given: no column tells new rows from old";
        }
        if (!rows.isNew()) {
            return "no input has a column " + settings.newDataBy() + " of a date or time type";
        }
        if (!isDeterministic) {
            return "the same rows may give other rows in another run: LIMIT or a window without an order";
        }
        return rows.problem();
    }

    private String append() {
        String problem = common();
        if (problem != null) {
            return problem;
        }
        if (!isByInstant) {
            return settings.newDataBy() + " is no point in time (timestamptz): two runs of one day, or of an hour that clocks repeat, would both append its rows";
        }
        if (rows.isRowWise() && !rows.isWhole()) {
            return null;
        }
        return rows.isWhole()
            ? "an input has no column " + settings.newDataBy() + ": rows that come into it later would be missed"
            : "a row is made of several rows: what comes later would change rows that are written already";
    }

    private String overwrite() {
        String problem = common();
        if (problem != null) {
            return problem;
        }
        boolean hasStretch = settings.partitionBy().stream().anyMatch(partition -> partitionUnit(partition) != null);
        return hasStretch ? null : "no partition of the target is a stretch of " + settings.newDataBy();
    }

    private String merge() {
        String problem = common();
        if (problem != null) {
            return problem;
        }
        Set<Integer> keys = new TreeSet<>();
        for (String key : settings.keys()) {
            int position = position(key);
            if (position < 0) {
                return "the key " + key + " is no output column";
            }
            keys.add(position);
        }
        if (keys.isEmpty()) {
            return "keys are not given";
        }
        if (rows.isRowWise()) {
            return rows.times().isEmpty()
                ? "no output column is " + settings.newDataBy() + ", so that a backfill would put an older row in place of a newer one: add "
                    + settings.newDataBy() + " to the SELECT"
                : null;
        }
        boolean tellsApart = rows.keys() != null && keys.containsAll(rows.keys());
        return tellsApart ? null : "the keys do not tell the groups apart";
    }

    private int position(String column) {
        for (int position = 0; position < names.size(); position++) {
            if (names.get(position).equalsIgnoreCase(column)) {
                return position;
            }
        }
        return -1;
    }

    /** The stretch of time that a partition of the target holds; null when it holds none. */
    private Dialect.Unit partitionUnit(PlanRequest.Incremental.PartitionBy partition) {
        int position = position(partition.column());
        if (!rows.times().containsKey(position)) {
            return null;
        }
        String transform = partition.transform() == null ? "identity" : partition.transform().toLowerCase(Locale.ROOT);
        Dialect.Unit unit = rows.times().get(position);
        // Months and years begin within a week, which would then lie in two partitions.
        boolean isCutWeek = unit == Dialect.Unit.WEEK && (transform.equals("year") || transform.equals("month"));
        return switch (isCutWeek ? "" : transform) {
            case "identity" -> unit;
            case "year", "month", "day", "hour" -> Increments.coarser(unit, Dialect.Unit.valueOf(transform.toUpperCase(Locale.ROOT)));
            default -> null;
        };
    }

    /**
     * The unit whose whole stretches a run must read, because rows are made of whole stretches, overwrite whole partitions, or are found
     * again in the target by nothing finer; null when any stretch will do.
     */
    Dialect.Unit stretch() {
        Dialect.Unit unit = null;
        if (!rows.isRowWise()) {
            for (Map.Entry<Integer, Dialect.Unit> time : rows.times().entrySet()) {
                unit = Increments.coarser(unit, time.getValue());
            }
        }
        if (settings.mode() == PlanRequest.Incremental.Mode.OverwritePartitions) {
            for (PlanRequest.Incremental.PartitionBy partition : settings.partitionBy()) {
                unit = Increments.coarser(unit, partitionUnit(partition));
            }
        }
        Optional<Integer> told = toldBy();
        return told.isPresent() ? Increments.coarser(unit, toldUnit(told.get())) : unit;
    }

    /** The column by which the target's rows of a window are told from the others; none when the mode does not replace them, or there is none. */
    Optional<RelDataTypeField> windowColumn() {
        return toldBy().map(fields::get);
    }

    /** Of several the one that tells most exactly. Weeks come last, as no other unit is made of whole ones. */
    private Optional<Integer> toldBy() {
        PlanRequest.Incremental.Mode mode = settings.mode();
        if (mode != PlanRequest.Incremental.Mode.OverwritePartitions && mode != PlanRequest.Incremental.Mode.Merge) {
            return Optional.empty();
        }
        return rows.times().keySet().stream().min(Comparator.comparingInt(this::coarseness).thenComparing(Comparator.naturalOrder()));
    }

    private int coarseness(int position) {
        Dialect.Unit unit = toldUnit(position);
        if (unit == null) {
            return -1;
        }
        int units = Dialect.Unit.values().length;
        return unit == Dialect.Unit.WEEK ? units + 1 : units - unit.ordinal();
    }

    /** What the clocks of a zone show tells days, but not hours: one comes twice in autumn. */
    private Dialect.Unit toldUnit(int position) {
        Dialect.Unit unit = rows.times().get(position);
        boolean isDoubtful = isByInstant && !isSteady && ValueKind.of(fields.get(position).getType()) == ValueKind.NAIVE;
        return isDoubtful ? Increments.coarser(unit, Dialect.Unit.DAY) : unit;
    }
}
