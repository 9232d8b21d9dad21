package io.openclickstream.stream.engines;

import com.fasterxml.jackson.databind.JsonNode;

/** S3 and the catalog behind certificates of a private authority, whose PEM file is given. */
record PrivateLake(String s3Endpoint, String catalogUri, String caFile) {
    static PrivateLake of(JsonNode lake) {
        return new PrivateLake(
            lake.required("endpoint").textValue(), lake.required("uri").textValue(), lake.required("caFile").textValue());
    }
}
