package io.openclickstream.lake;

import java.util.List;
import org.apache.iceberg.DataFile;

/**
 * What a batch brings to one table.
 *
 * @param files files of new rows
 * @param supersessions rows of earlier batches that say from now on what superseded them
 */
record BatchFiles(List<DataFile> files, List<Supersession> supersessions) {
    boolean isEmpty() {
        return files.isEmpty() && supersessions.isEmpty();
    }
}
