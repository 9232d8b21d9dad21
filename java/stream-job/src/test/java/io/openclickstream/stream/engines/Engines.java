package io.openclickstream.stream.engines;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the real engines are that the test runs against: the file that the system property "engines" names. */
record Engines(
    KafkaAccess kafka,
    KafkaAccess securedKafka,
    String s3Endpoint,
    String region,
    String bucket,
    String accessKey,
    String secretKey,
    String catalogUri) {

    static Engines load() throws IOException {
        JsonNode file = new ObjectMapper().readTree(Files.readString(Path.of(System.getProperty("engines"))));
        JsonNode storage = file.required("storage");
        return new Engines(
            KafkaAccess.of(file.required("kafka")),
            KafkaAccess.of(file.required("securedKafka")),
            storage.required("endpoint").textValue(),
            storage.required("region").textValue(),
            storage.required("bucket").textValue(),
            storage.required("accessKeyId").textValue(),
            storage.required("secretAccessKey").textValue(),
            file.required("catalog").required("uri").textValue());
    }
}
