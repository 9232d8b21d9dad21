package io.openclickstream.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.catalog.Catalog;

/** Where the real S3 and the real Iceberg catalog are that a test runs against. */
public record LakeEngines(String s3Endpoint, String region, String bucket, String accessKey, String secretKey, String catalogUri) {
    /** The file that the system property "engines" names; test/support/with-engines.ts writes it. */
    public static JsonNode file() throws IOException {
        return new ObjectMapper().readTree(Files.readString(Path.of(System.getProperty("engines"))));
    }

    /** Reads its members "storage" and "catalog". */
    public static LakeEngines of(JsonNode file) {
        JsonNode storage = file.required("storage");
        return new LakeEngines(
            storage.required("endpoint").textValue(),
            storage.required("region").textValue(),
            storage.required("bucket").textValue(),
            storage.required("accessKeyId").textValue(),
            storage.required("secretAccessKey").textValue(),
            file.required("catalog").required("uri").textValue());
    }

    /** What Iceberg is told of the catalog. */
    public Map<String, String> properties() {
        return Map.of(
            "type", "rest",
            "uri", catalogUri,
            "io-impl", "org.apache.iceberg.aws.s3.S3FileIO",
            "s3.endpoint", s3Endpoint,
            "s3.path-style-access", "true",
            "client.region", region,
            "s3.access-key-id", accessKey,
            "s3.secret-access-key", secretKey);
    }

    public Catalog catalog() {
        return CatalogUtil.buildIcebergCatalog("test", properties(), null);
    }

    /** What a job's document says of catalog and storage. */
    public Map<String, Object> document() {
        return new HashMap<>(Map.of(
            "catalog", Map.of("name", "lake", "uri", catalogUri),
            "storage", Map.of("endpoint", s3Endpoint, "region", region, "pathStyle", true)));
    }

    /** The keys as a job finds them in its environment. */
    public Map<String, String> environment() {
        return Map.of("AWS_ACCESS_KEY_ID", accessKey, "AWS_SECRET_ACCESS_KEY", secretKey);
    }
}
