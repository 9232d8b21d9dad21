package io.openclickstream.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.openclickstream.testing.TestLake;
import io.openclickstream.model.OutputTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.aws.s3.S3FileIO;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.apache.iceberg.io.StorageCredential;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The table that tasks get")
class TaskFileIoTest {
    private static final OutputTable OUTPUT = OutputTable.DUPLICATE_EVENTS;
    private static final CatalogSettings CATALOG = new CatalogSettings("lake", "http://nessie/iceberg", null, null, null);
    private static final StorageSettings STORAGE = new StorageSettings("http://s3", "us-east-1", true);

    @TempDir
    private Path warehouse;

    @Test
    @DisplayName("reaches the storage, with credentials that the catalog handed out, and does not know the catalog's token")
    void noToken() throws IOException {
        TestLake lake = new TestLake(new HadoopCatalog(new Configuration(), warehouse.toString()), "db", "web");
        lake.create();
        S3FileIO io = new S3FileIO();
        io.setCredentials(List.of(StorageCredential.create(warehouse.toString(), Map.of("s3.session-token", "handed-out"))));
        Map<String, String> properties = new HashMap<>(LakeCatalog.properties(CATALOG, STORAGE, Map.of("CATALOG_TOKEN", "pa55word")));
        properties.put("header.Authorization", "Bearer pa55word");
        properties.put("client.refresh-credentials-endpoint", "http://nessie/credentials");
        io.initialize(properties);
        TableOperations operations = ((HasTableOperations) lake.table(OUTPUT)).operations();
        BaseTable table = new BaseTable(new StaticTableOperations(operations.current(), io, operations.locationProvider()), "lake.db.web");

        Table forTasks = new LakeTable(OUTPUT, table).forTasks();
        assertEquals(
            Map.of("s3.endpoint", "http://s3", "s3.path-style-access", "true", "client.region", "us-east-1", "s3.session-token", "handed-out"),
            forTasks.io().properties());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream output = new ObjectOutputStream(bytes)) {
            output.writeObject(forTasks);
        }
        assertFalse(bytes.toString(StandardCharsets.ISO_8859_1).contains("pa55word"));
    }
}
