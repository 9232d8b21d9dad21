package io.openclickstream.stream.engines;

import com.fasterxml.jackson.databind.JsonNode;

/** What gives the keys of S3 for a token, as a cloud does for its workloads. */
record TokenService(String url, String token) {
    static TokenService of(JsonNode service) {
        return new TokenService(service.required("url").textValue(), service.required("token").textValue());
    }
}
