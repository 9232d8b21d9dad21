package io.openclickstream.lake;

/** An S3 service: a URL, which is null for AWS itself, a region, and whether buckets are paths and not host names. */
public record StorageSettings(String endpoint, String region, boolean pathStyle) {
}
