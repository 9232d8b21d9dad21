// Generated from contracts/hbase-table.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.util.List;

/**
 * A table as it is.
 *
 * @param clusterId Id of the cluster
 * @param table The table; without it there is none of the name
 */
public record HBaseTable(
    String clusterId,
    Table table) {

    /**
     * The table; without it there is none of the name.
     *
     * @param mark What it bears to show whose it is; may be null
     * @param durability How writes are logged
     * @param isEnabled Whether it can be read and written
     * @param regions Its regions
     * @param storeBytes Size of its files, in steps of 1 MiB as region servers tell it
     * @param families Its column families
     */
    public record Table(
        String mark,
        String durability,
        boolean isEnabled,
        long regions,
        long storeBytes,
        List<Family> families) {

        /**
         * One of families.
         *
         * @param name The family's name
         * @param versions Versions that are kept of a cell
         * @param minVersions Versions that are kept past their time
         * @param ttlSeconds How long cells are kept; without it for ever; may be null
         * @param compression How blocks are compressed
         * @param bloomFilter Its bloom filter
         * @param blockSize Bytes of a block
         * @param inMemory Whether its blocks stay in the cache before those of others
         */
        public record Family(
            String name,
            long versions,
            long minVersions,
            Long ttlSeconds,
            String compression,
            String bloomFilter,
            long blockSize,
            boolean inMemory) {
        }
    }
}
