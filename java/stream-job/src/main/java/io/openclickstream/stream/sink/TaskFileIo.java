package io.openclickstream.stream.sink;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.Table;
import org.apache.iceberg.hadoop.HadoopConfigurable;
import org.apache.iceberg.io.FileIO;

/**
 * One FileIO for all tasks of a process. A table that arrives with a task has one of its own, whose S3 client would be set up
 * anew for every task of every micro-batch.
 */
final class TaskFileIo {
    private static final Map<String, FileIO> BY_CONFIGURATION = new HashMap<>();
    private static final int MAX_REMEMBERED = 16;

    private TaskFileIo() {
    }

    static synchronized FileIO of(Table table) {
        FileIO arrived = table.io();
        String key = arrived.getClass().getName() + new TreeMap<>(arrived.properties());
        FileIO known = BY_CONFIGURATION.get(key);
        if (known != null) {
            return known;
        }
        // Catalogs may hand out credentials that change; what was for the old ones goes when its last user drops it.
        if (BY_CONFIGURATION.size() >= MAX_REMEMBERED) {
            BY_CONFIGURATION.clear();
        }
        FileIO made = CatalogUtil.loadFileIO(arrived.getClass().getName(), arrived.properties(), configuration(arrived));
        BY_CONFIGURATION.put(key, made);
        return made;
    }

    private static Configuration configuration(FileIO io) {
        return io instanceof HadoopConfigurable configurable ? configurable.getConf() : new Configuration(false);
    }
}
