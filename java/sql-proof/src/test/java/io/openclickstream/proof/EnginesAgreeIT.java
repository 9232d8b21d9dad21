package io.openclickstream.proof;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.model.PlanDocument;
import io.openclickstream.planner.SqlPlanner;
import io.openclickstream.testing.SqlCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs what the planner wrote on a real Spark and a real Trino over the same Iceberg tables, and what the user wrote on DuckDB. */
@DisplayName("A query of the corpus, on real engines,")
class EnginesAgreeIT {
    private static final String ZONE = "Europe/Berlin";
    private static final String CATALOGS = ",\"catalog\":{\"spark\":\"lake\",\"trino\":\"lake\"}";
    private static final SqlPlanner PLANNER = new SqlPlanner();

    private static SparkSession spark;
    private static TrinoClient trino;
    private static DuckDb duckDb;
    private static int onThree;
    private static ExecutorService besides;

    static Stream<SqlCorpus.Entry> queries() {
        return SqlCorpus.entries("corpus").stream().filter(entry -> entry.toString().contains(System.getProperty("corpus.only", "")));
    }

    static Stream<SqlCorpus.Entry> failures() {
        return SqlCorpus.entries("failures").stream();
    }

    @BeforeAll
    static void start() throws IOException, SQLException {
        JsonNode engines = new ObjectMapper().readTree(Files.readString(Path.of(System.getProperty("engines"))));
        JsonNode storage = engines.required("storage");
        spark = SparkSession.builder().master("local[2]").appName("proof")
            .config("spark.ui.enabled", false)
            .config("spark.sql.warehouse.dir", "target/warehouse")
            .config("spark.sql.shuffle.partitions", 1)
            // Of a handful of rows, a plan that adapts saves nothing.
            .config("spark.sql.adaptive.enabled", false)
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.datetime.java8API.enabled", true)
            .config("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog")
            .config("spark.sql.catalog.lake.type", "rest")
            .config("spark.sql.catalog.lake.uri", engines.required("catalog").required("uri").textValue())
            .config("spark.sql.catalog.lake.io-impl", "org.apache.iceberg.aws.s3.S3FileIO")
            .config("spark.sql.catalog.lake.s3.endpoint", storage.required("endpoint").textValue())
            .config("spark.sql.catalog.lake.s3.path-style-access", "true")
            .config("spark.sql.catalog.lake.client.region", storage.required("region").textValue())
            .config("spark.sql.catalog.lake.s3.access-key-id", storage.required("accessKeyId").textValue())
            .config("spark.sql.catalog.lake.s3.secret-access-key", storage.required("secretAccessKey").textValue())
            .getOrCreate();
        ProofTables.STATEMENTS.forEach(statement -> spark.sql(statement));
        duckDb = new DuckDb(ZONE);
        // Else a timestamp is written in a form that says not whether it is a point in time.
        spark.conf().set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS");
        for (String table : ProofTables.NAMES) {
            Path folder = Path.of("target", "parquet", table);
            spark.table("lake.shop." + table).coalesce(1).write().mode("overwrite").parquet(folder.toString());
            duckDb.load(table, folder);
        }
        spark.conf().set("spark.sql.session.timeZone", ZONE);
        // Trino's session is in another zone than the product: its text must say the zone wherever it counts.
        String address = engines.required("trino").required("address").textValue();
        trino = new TrinoClient(address, "Asia/Tokyo");
        besides = Executors.newSingleThreadExecutor();
    }

    @AfterAll
    static void stop() throws SQLException {
        System.out.println(onThree + " of " + queries().count() + " queries gave the same rows on Spark, Trino and DuckDB, the others on two");
        if (duckDb != null) {
            duckDb.close();
        }
        if (besides != null) {
            besides.shutdown();
        }
        if (spark != null) {
            spark.stop();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("queries")
    @DisplayName("gives the same rows on Spark and on Trino, of the types that the plan says, and on DuckDB unless it says why not")
    void agree(SqlCorpus.Entry entry) throws InterruptedException, ExecutionException {
        PlanDocument plan = PLANNER.plan(SqlCorpus.request(entry.sql(), ZONE, CATALOGS)).plan();
        Future<TrinoClient.Result> askedTrino = besides.submit(() -> trino.query(inUtc(plan)));
        Dataset<Row> dataset = spark.sql(plan.spark());
        List<String> types = Stream.of(dataset.schema().fields()).map(field -> text(field.dataType())).toList();
        assertEquals(plan.columns().stream().map(PlanDocument.Column::type).toList(), types, plan::spark);
        List<String> ofSpark = Rows.of(dataset.collectAsList());
        List<String> ofTrino = Rows.of(askedTrino.get());
        assertEquals(String.join("\n", ofSpark), String.join("\n", ofTrino), () -> plan.spark() + "\n\n" + plan.trino());
        if (entry.notOnDuckDb() != null) {
            assertFalse(isSameOnDuckDb(entry, plan, ofSpark), () -> "DuckDB gives the same rows, so this is wrong: " + entry.notOnDuckDb());
            return;
        }
        assertEquals(String.join("\n", ofSpark), assertDoesNotThrow(() -> String.join("\n", onDuckDb(entry, plan))), entry::sql);
        onThree++;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failures")
    @DisplayName("fails on Spark and on Trino when it has no right rows")
    void fail(SqlCorpus.Entry entry) {
        PlanDocument plan = PLANNER.plan(SqlCorpus.request(entry.sql(), ZONE, CATALOGS)).plan();
        assertThrows(Exception.class, () -> spark.sql(plan.spark()).collectAsList(), plan::spark);
        assertThrows(IllegalStateException.class, () -> trino.query(inUtc(plan)), plan::trino);
    }

    private static List<String> onDuckDb(SqlCorpus.Entry entry, PlanDocument plan) throws SQLException {
        return Rows.ofValues(duckDb.query(entry.sql(), plan.columns()));
    }

    private static boolean isSameOnDuckDb(SqlCorpus.Entry entry, PlanDocument plan, List<String> expected) {
        try {
            return onDuckDb(entry, plan).equals(expected);
        } catch (SQLException e) {
            return false;
        }
    }

    /** Trino prints a point in time by the clocks of its zone, which show one hour twice in autumn: in UTC there is no doubt. */
    private static String inUtc(PlanDocument plan) {
        String columns = plan.columns().stream()
            .map(column -> "\"" + column.name() + "\"" + (column.type().equals("timestamptz") ? " AT TIME ZONE 'UTC'" : ""))
            .collect(Collectors.joining(", "));
        return "SELECT " + columns + " FROM (\n" + plan.trino() + "\n) AS printed";
    }

    /** The Iceberg type of a type of Spark's. */
    private static String text(DataType type) {
        if (type instanceof ArrayType array) {
            return "list<" + text(array.elementType()) + ">";
        }
        if (type instanceof MapType map) {
            return "map<" + text(map.keyType()) + "," + text(map.valueType()) + ">";
        }
        if (type instanceof StructType struct) {
            return "struct<" + String.join(",", Stream.of(struct.fields()).map(field -> field.name() + ":" + text(field.dataType())).toList()) + ">";
        }
        return switch (type.typeName()) {
            case "integer" -> "int";
            case "timestamp" -> "timestamptz";
            case "timestamp_ntz" -> "timestamp";
            default -> type.typeName();
        };
    }
}
