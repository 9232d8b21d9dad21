// Generated from contracts/hbase-cluster.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

/**
 * An HBase cluster as it is.
 *
 * @param clusterId Id of the cluster
 * @param version Version of its active master
 * @param regionServers Region servers that live
 * @param regions Regions that they have
 */
public record HBaseCluster(
    String clusterId,
    String version,
    long regionServers,
    long regions) {
}
