package io.openclickstream.batch;

import io.openclickstream.lake.TimeWindow;
import io.openclickstream.model.BatchDocument;
import io.openclickstream.model.BatchResult;
import io.openclickstream.model.ConfigNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Spark and a catalog of files, shared by the tests of the module: one start of Spark is enough. */
final class LocalLake {
    static final String CATALOG = "lake";
    private static final LocalLake SHARED = new LocalLake();

    private final Path warehouse;
    private final SparkSession spark;
    private final HadoopCatalog catalog;

    private LocalLake() {
        try {
            warehouse = Files.createTempDirectory("lake");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        SparkConf conf = new SparkConf().setMaster("local[2]").set("spark.sql.shuffle.partitions", "1")
            .set("spark.driver.bindAddress", "127.0.0.1").set("spark.driver.host", "127.0.0.1")
            // Of a handful of rows, neither compiled code nor a plan that adapts saves what it costs.
            .setIfMissing("spark.sql.codegen.wholeStage", "false").setIfMissing("spark.sql.codegen.factoryMode", "NO_CODEGEN")
            .setIfMissing("spark.sql.adaptive.enabled", "false");
        spark = SparkSession.builder()
            .config(SparkSettings.addTo(conf, "test", "UTC", CATALOG, Map.of("type", "hadoop", "warehouse", warehouse.toString())))
            .getOrCreate();
        catalog = new HadoopCatalog(new Configuration(), warehouse.toString());
    }

    static LocalLake shared() {
        return SHARED;
    }

    SparkSession spark() {
        return spark;
    }

    HadoopCatalog catalog() {
        return catalog;
    }

    Table table(String name) {
        return catalog.loadTable(TableIdentifier.parse(name));
    }

    void sql(String text) {
        spark.sql(text);
    }

    /** The rows of a query, each as its values with commas between them. */
    List<String> rows(String query) {
        return spark.sql(query).collectAsList().stream().map(row -> row.mkString(",")).sorted().toList();
    }

    /** Runs a document once more, or for the first time. */
    BatchResult run(String json, String runId, TimeWindow window) {
        BatchDocument document = BatchDocument.of(ConfigNode.parse("batch.json", json));
        return new ProductRun(() -> spark, catalog, document, new RunRequest(runId, window), Stopwatch.sinceNow()).run();
    }
}
