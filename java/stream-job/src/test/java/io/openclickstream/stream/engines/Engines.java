package io.openclickstream.stream.engines;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.catalog.Catalog;

/** Where the real engines are that the test runs against: the file that the system property "engines" names. A run may lack the secured Kafka. */
record Engines(
    KafkaAccess kafka,
    KafkaAccess securedKafka,
    KafkaAccess mutualKafka,
    String s3Endpoint,
    String region,
    String bucket,
    String accessKey,
    String secretKey,
    String catalogUri,
    PrivateStorage privateStorage,
    TokenService tokenService) {

    static Engines load() throws IOException {
        JsonNode file = new ObjectMapper().readTree(Files.readString(Path.of(System.getProperty("engines"))));
        JsonNode storage = file.required("storage");
        return new Engines(
            KafkaAccess.of(file.required("kafka")),
            file.has("securedKafka") ? KafkaAccess.of(file.get("securedKafka")) : null,
            file.has("securedKafka") ? KafkaAccess.of(file.get("securedKafka").required("mutual")) : null,
            storage.required("endpoint").textValue(),
            storage.required("region").textValue(),
            storage.required("bucket").textValue(),
            storage.required("accessKeyId").textValue(),
            storage.required("secretAccessKey").textValue(),
            file.required("catalog").required("uri").textValue(),
            file.has("privateStorage") ? PrivateStorage.of(file.get("privateStorage")) : null,
            file.has("tokenService") ? TokenService.of(file.get("tokenService")) : null);
    }

    Catalog catalog() {
        Map<String, String> properties = Map.of(
            "type", "rest",
            "uri", catalogUri,
            "io-impl", "org.apache.iceberg.aws.s3.S3FileIO",
            "s3.endpoint", s3Endpoint,
            "s3.path-style-access", "true",
            "client.region", region,
            "s3.access-key-id", accessKey,
            "s3.secret-access-key", secretKey);
        return CatalogUtil.buildIcebergCatalog("test", properties, new Configuration());
    }
}
