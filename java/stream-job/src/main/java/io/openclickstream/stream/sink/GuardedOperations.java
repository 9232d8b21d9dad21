package io.openclickstream.stream.sink;

import java.util.function.Consumer;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;

/**
 * A table's operations with a check in front of each commit. Iceberg repeats a commit on newer metadata when another writer
 * came first; the check sees exactly the metadata that the commit builds on, which the catalog compares once more.
 */
final class GuardedOperations implements TableOperations {
    private final TableOperations operations;
    private final Consumer<TableMetadata> check;

    GuardedOperations(TableOperations operations, Consumer<TableMetadata> check) {
        this.operations = operations;
        this.check = check;
    }

    @Override
    public void commit(TableMetadata base, TableMetadata metadata) {
        check.accept(base);
        operations.commit(base, metadata);
    }

    @Override
    public TableMetadata current() {
        return operations.current();
    }

    @Override
    public TableMetadata refresh() {
        return operations.refresh();
    }

    @Override
    public FileIO io() {
        return operations.io();
    }

    @Override
    public EncryptionManager encryption() {
        return operations.encryption();
    }

    @Override
    public String metadataFileLocation(String fileName) {
        return operations.metadataFileLocation(fileName);
    }

    @Override
    public LocationProvider locationProvider() {
        return operations.locationProvider();
    }

    @Override
    public TableOperations temp(TableMetadata uncommittedMetadata) {
        return operations.temp(uncommittedMetadata);
    }

    @Override
    public long newSnapshotId() {
        return operations.newSnapshotId();
    }

    @Override
    public boolean requireStrictCleanup() {
        return operations.requireStrictCleanup();
    }
}
