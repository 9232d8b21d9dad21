package io.openclickstream.flight.direct;

import io.openclickstream.flight.query.Figures;
import io.openclickstream.flight.query.Statements;
import io.openclickstream.flight.trino.Session;
import io.openclickstream.flight.vectors.RowBatch.ResultColumn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.arrow.flight.CallStatus;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.RESTException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Decides which queries are read straight from the files of a table: those of which that gives the same rows as Trino for certain. */
public final class DirectTables {
    private static final int MOST_PARTS = 4;

    private final String catalogName;
    private final Catalog catalog;
    private final Statements statements;
    private final Figures figures;

    /** For the tables of a catalog, which has this name in Trino. */
    public DirectTables(String catalogName, Catalog catalog, Statements statements, Figures figures) {
        this.catalogName = catalogName;
        this.catalog = catalog;
        this.statements = statements;
        this.figures = figures;
    }

    /** A query that can be read so: its columns, and a ticket for each part. Without tickets there is the reason why it cannot. */
    public record Offer(List<ResultColumn> columns, List<DirectTicket> tickets, String reason) {
    }

    /** A query must go through Trino; the message is one of a few words, which metrics count. */
    private static final class ThroughTrinoException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ThroughTrinoException(String reason) {
            super(reason);
        }
    }

    /** Looks at a query. Throws what Trino says of it when it is refused. */
    public Offer offer(String sql, Session session, Instant until) throws IOException, InterruptedException {
        try {
            PlainScan scan = PlainScan.of(sql).orElseThrow(() -> new ThroughTrinoException("statement"));
            TableIdentifier name = nameOf(scan, session);
            // Trino checks the user's rights, and says what the columns are.
            List<ResultColumn> columns = statements.columns(sql, session);
            Table table = load(name);
            return new Offer(columns, tickets(table, name, columns, scan, session.user(), until), null);
        } catch (ThroughTrinoException e) {
            figures.notDirect(e.getMessage());
            return new Offer(List.of(), List.of(), e.getMessage());
        }
    }

    private TableIdentifier nameOf(PlainScan scan, Session session) {
        List<String> parts = scan.table();
        String inCatalog = parts.size() == 3 ? parts.get(0) : session.catalog();
        String database = parts.size() >= 2 ? parts.get(parts.size() - 2) : session.schema();
        if (!catalogName.equals(inCatalog) || database == null) {
            throw new ThroughTrinoException("catalog");
        }
        return TableIdentifier.of(database, parts.get(parts.size() - 1));
    }

    private Table load(TableIdentifier name) {
        try {
            return catalog.loadTable(name);
        } catch (NoSuchTableException | NoSuchNamespaceException | RESTException e) {
            // Not there under this name, a view, or a table of system data.
            throw new ThroughTrinoException("table");
        }
    }

    private static List<DirectTicket> tickets(
        Table table, TableIdentifier name, List<ResultColumn> columns, PlainScan scan, String user, Instant until) {
        if (table.currentSnapshot() == null) {
            throw new ThroughTrinoException("empty");
        }
        if (table.properties().containsKey(TableProperties.DEFAULT_NAME_MAPPING)) {
            throw new ThroughTrinoException("name-mapping");
        }
        List<String> names = new ArrayList<>();
        for (ResultColumn column : columns) {
            names.add(sameColumn(table, column));
        }
        if (names.stream().distinct().count() != names.size()) {
            throw new ThroughTrinoException("statement");
        }
        long snapshot = table.currentSnapshot().snapshotId();
        Schema schema = table.schema();
        List<FileScanTask> files = files(scan(table, snapshot, schema, names));
        check(files, schema, names);
        int parts = scan.limit() == null ? Math.max(1, Math.min(MOST_PARTS, files.size())) : 1;
        DirectTicket first = new DirectTicket(user, name.namespace().toString(), name.name(), snapshot, schema.schemaId(), names,
            columns.stream().map(ResultColumn::name).toList(), columns.stream().map(column -> column.type().text()).toList(),
            0, parts, scan.limit(), until.toEpochMilli());
        List<DirectTicket> tickets = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            tickets.add(first.ofPart(part));
        }
        return tickets;
    }

    /** The name in Iceberg of a column whose values have the same form in the files, in Trino and in Arrow. */
    private static String sameColumn(Table table, ResultColumn column) {
        Types.NestedField field = table.schema().caseInsensitiveFindField(column.name());
        if (field == null || field.name().contains(".") || table.schema().findField(field.name()) != field) {
            throw new ThroughTrinoException("column");
        }
        boolean isSame = Objects.equals(ReadableTypes.trinoType(field.type()), column.type().text());
        boolean wasAlways = table.schemas().values().stream()
            .map(schema -> schema.findType(field.fieldId()))
            .filter(Objects::nonNull).allMatch(field.type()::equals);
        if (!isSame || field.initialDefault() != null) {
            throw new ThroughTrinoException("type");
        }
        if (!wasAlways) {
            throw new ThroughTrinoException("changed-type");
        }
        return field.name();
    }

    private static void check(List<FileScanTask> files, Schema schema, List<String> columns) {
        // Iceberg's reader cannot read a column that a file does not have. What a file counts the values of, it has.
        List<Integer> ids = columns.stream().map(column -> schema.findField(column).fieldId()).toList();
        if (files.stream().anyMatch(file -> file.file().valueCounts() == null || !file.file().valueCounts().keySet().containsAll(ids))) {
            throw new ThroughTrinoException("absent-column");
        }
        if (files.stream().anyMatch(file -> !file.deletes().isEmpty())) {
            throw new ThroughTrinoException("deletes");
        }
        if (files.stream().anyMatch(file -> file.file().format() != FileFormat.PARQUET || file.file().keyMetadata() != null)) {
            throw new ThroughTrinoException("format");
        }
    }

    /** All files of a snapshot in a fixed order. */
    private static List<FileScanTask> files(TableScan scan) {
        List<FileScanTask> files = new ArrayList<>();
        try (CloseableIterable<FileScanTask> planned = scan.planFiles()) {
            planned.forEach(files::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        files.sort(Comparator.comparing(file -> file.file().location()));
        return files;
    }

    /** The columns in the order of the query, which need not be that of the table. */
    private static TableScan scan(Table table, long snapshot, Schema schema, List<String> columns) {
        List<Types.NestedField> fields = columns.stream().map(schema::findField).toList();
        return table.newScan().useSnapshot(snapshot).project(new Schema(fields)).includeColumnStats();
    }

    /** What a ticket asks to be read: the scan, and the files of its part. */
    public record Part(TableScan scan, List<FileScanTask> files) {
    }

    /** Finds the files of a ticket. Throws when the snapshot is there no more. */
    public Part part(DirectTicket ticket) {
        Table table = catalog.loadTable(TableIdentifier.of(ticket.database(), ticket.table()));
        Schema schema = table.schemas().get(ticket.schema());
        if (table.snapshot(ticket.snapshot()) == null || schema == null) {
            throw CallStatus.NOT_FOUND.withDescription("the table's state of that time is there no more; run the query again").toRuntimeException();
        }
        TableScan scan = scan(table, ticket.snapshot(), schema, ticket.columns());
        List<FileScanTask> all = files(scan);
        List<FileScanTask> own = new ArrayList<>();
        for (int file = ticket.part(); file < all.size(); file += ticket.parts()) {
            own.add(all.get(file));
        }
        return new Part(scan, own);
    }

    /** The types that both ways read the same. */
    private static final class ReadableTypes {
        private ReadableTypes() {
        }

        /** What Trino calls a type of Iceberg; empty for those that are not read from the files. */
        static String trinoType(Type type) {
            return Optional.ofNullable(switch (type.typeId()) {
                case BOOLEAN -> "boolean";
                case INTEGER -> "integer";
                case LONG -> "bigint";
                case FLOAT -> "real";
                case DOUBLE -> "double";
                case STRING -> "varchar";
                case BINARY -> "varbinary";
                case DATE -> "date";
                case TIMESTAMP -> ((Types.TimestampType) type).shouldAdjustToUTC() ? "timestamp(6) with time zone" : "timestamp(6)";
                default -> null;
            }).orElse("");
        }
    }
}
