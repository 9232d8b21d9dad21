package io.openclickstream.stream.engines;

import com.fasterxml.jackson.databind.JsonNode;
import io.openclickstream.testing.LakeEngines;
import java.io.IOException;

/** Where the real engines are that the test runs against: the file that the system property "engines" names. A run may lack the secured Kafka. */
record Engines(
    LakeEngines lake,
    KafkaAccess kafka,
    KafkaAccess securedKafka,
    KafkaAccess mutualKafka,
    PrivateStorage privateStorage,
    TokenService tokenService) {

    static Engines load() throws IOException {
        JsonNode file = LakeEngines.file();
        return new Engines(
            LakeEngines.of(file),
            KafkaAccess.of(file.required("kafka")),
            file.has("securedKafka") ? KafkaAccess.of(file.get("securedKafka")) : null,
            file.has("securedKafka") ? KafkaAccess.of(file.get("securedKafka").required("mutual")) : null,
            file.has("privateStorage") ? PrivateStorage.of(file.get("privateStorage")) : null,
            file.has("tokenService") ? TokenService.of(file.get("tokenService")) : null);
    }
}
