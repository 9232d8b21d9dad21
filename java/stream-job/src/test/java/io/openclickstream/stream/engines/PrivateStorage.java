package io.openclickstream.stream.engines;

import com.fasterxml.jackson.databind.JsonNode;

/** S3 behind a certificate of a private authority, whose PEM file is given. */
record PrivateStorage(String endpoint, String caFile) {
    static PrivateStorage of(JsonNode storage) {
        return new PrivateStorage(storage.required("endpoint").textValue(), storage.required("caFile").textValue());
    }
}
