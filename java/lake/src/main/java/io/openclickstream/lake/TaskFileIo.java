package io.openclickstream.lake;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.Table;
import org.apache.iceberg.hadoop.HadoopConfigurable;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.SupportsStorageCredentials;

/**
 * One FileIO for all tasks of a process. A table that arrives with a task has one of its own, whose S3 client would be set up
 * anew for every task of every micro-batch.
 */
final class TaskFileIo {
    private static final Map<String, FileIO> BY_CONFIGURATION = new HashMap<>();
    private static final int MAX_REMEMBERED = 16;
    /** Settings by which a FileIO asks the catalog for credentials or signatures, which takes the token. */
    private static final Pattern NEEDS_CATALOG = Pattern.compile("client\\.refresh-credentials|s3\\.remote-signing|s3\\.signer");

    private TaskFileIo() {
    }

    /**
     * What tasks need to write below a location. A table's own FileIO knows all that the catalog's client knows, its token among it;
     * tasks get the storage's settings and the credentials for this location that the catalog handed out.
     */
    static FileIO forTasks(FileIO io, String location) {
        Map<String, String> settings = new HashMap<>(io.properties());
        if (io instanceof SupportsStorageCredentials withCredentials) {
            withCredentials.credentials().stream()
                .filter(credential -> location.startsWith(credential.prefix()))
                .sorted(Comparator.comparingInt(credential -> credential.prefix().length()))
                .forEach(credential -> settings.putAll(credential.config()));
        }
        settings.keySet().removeIf(name -> !name.startsWith("s3.") && !name.startsWith("client.") || NEEDS_CATALOG.matcher(name).lookingAt());
        return of(io.getClass().getName(), settings, configuration(io));
    }

    static FileIO of(Table table) {
        FileIO arrived = table.io();
        return of(arrived.getClass().getName(), arrived.properties(), configuration(arrived));
    }

    private static synchronized FileIO of(String implementation, Map<String, String> properties, Configuration hadoop) {
        String key = implementation + new TreeMap<>(properties);
        FileIO known = BY_CONFIGURATION.get(key);
        if (known != null) {
            return known;
        }
        // Catalogs may hand out credentials that change; what was for the old ones goes when its last user drops it.
        if (BY_CONFIGURATION.size() >= MAX_REMEMBERED) {
            BY_CONFIGURATION.clear();
        }
        FileIO made = CatalogUtil.loadFileIO(implementation, properties, hadoop);
        BY_CONFIGURATION.put(key, made);
        return made;
    }

    private static Configuration configuration(FileIO io) {
        return io instanceof HadoopConfigurable configurable ? configurable.getConf() : new Configuration(false);
    }
}
