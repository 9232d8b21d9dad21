package io.openclickstream.lake;

import java.util.function.Consumer;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;

/**
 * A table's operations with a check in front of each commit. Iceberg repeats a commit on newer metadata when another writer
 * came first; the check sees exactly the metadata that the commit builds on, which the catalog compares once more. It also sees
 * what there is after a conflict: the client repeats a request that was answered by 503, and if the first one had been done, the
 * commit is in conflict with itself. Iceberg would go on to delete the files of what it takes for a failure.
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
        try {
            operations.commit(base, metadata);
        } catch (CommitFailedException e) {
            check.accept(operations.refresh());
            throw e;
        }
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
        // Files are deleted only after failures that say for certain that nothing was committed.
        return true;
    }
}
