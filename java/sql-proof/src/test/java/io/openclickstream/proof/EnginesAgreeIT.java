package io.openclickstream.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.model.PlanDocument;
import io.openclickstream.planner.SqlPlanner;
import io.openclickstream.testing.SqlCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** Runs what the planner wrote on a real Spark and a real Trino, over the same Iceberg tables. */
@DisplayName("A query of the corpus, on real engines,")
class EnginesAgreeIT {
    private static final String ZONE = "Europe/Berlin";
    private static final String CATALOGS = ",\"catalog\":{\"spark\":\"lake\",\"trino\":\"lake\"}";
    private static final SqlPlanner PLANNER = new SqlPlanner();

    private static SparkSession spark;
    private static TrinoClient trino;
    private static ExecutorService besides;

    static Stream<SqlCorpus.Entry> queries() {
        return SqlCorpus.entries("corpus").stream().filter(entry -> entry.toString().contains(System.getProperty("corpus.only", "")));
    }

    @BeforeAll
    static void start() throws IOException {
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
        spark.conf().set("spark.sql.session.timeZone", ZONE);
        // Trino's session is in another zone than the product: its text must say the zone wherever it counts.
        String address = engines.required("trino").required("address").textValue();
        trino = new TrinoClient(address, "Asia/Tokyo");
        besides = Executors.newSingleThreadExecutor();
    }

    @AfterAll
    static void stop() {
        if (besides != null) {
            besides.shutdown();
        }
        if (spark != null) {
            spark.stop();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("queries")
    @DisplayName("gives the same rows on Spark and on Trino, of the types that the plan says")
    void agree(SqlCorpus.Entry entry) throws InterruptedException, ExecutionException {
        PlanDocument plan = PLANNER.plan(SqlCorpus.request(entry.sql(), ZONE, CATALOGS)).plan();
        Future<TrinoClient.Result> askedTrino = besides.submit(() -> trino.query(inUtc(plan)));
        Dataset<Row> dataset = spark.sql(plan.spark());
        List<String> types = Stream.of(dataset.schema().fields()).map(field -> text(field.dataType())).toList();
        assertEquals(plan.columns().stream().map(PlanDocument.Column::type).toList(), types, plan::spark);
        List<String> ofSpark = Rows.of(dataset.collectAsList());
        List<String> ofTrino = Rows.of(askedTrino.get());
        assertEquals(String.join("\n", ofSpark), String.join("\n", ofTrino), () -> plan.spark() + "\n\n" + plan.trino());
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
