// Generated from contracts/hbase-request.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.io.Serializable;
import java.util.List;

/**
 * What is asked about an HBase cluster or one of its tables.
 *
 * @param bootstrapServers Servers to begin with, each as host:port: masters or region servers
 * @param table Name of the table, {@code namespace:name}; every path but /v1/cluster needs it; may be null
 * @param mark What the table bears in its descriptor to show whose it is; may be null
 * @param expectedMark The mark that the table must bear now to be altered or dropped; without it, it must bear none; may be null
 * @param durability How writes are logged, such as {@code FSYNC_WAL}; to create and to alter; may be null
 * @param families Column families to make, or to bring in line. Others stay as they are
 * @param dropFamilies Families to take away with their data when altering
 * @param regions Regions to create the table with that share the keys evenly; may be null
 * @param splitKeys First keys of the regions but the first, to create the table with
 */
public record HBaseRequest(
    List<String> bootstrapServers,
    String table,
    String mark,
    String expectedMark,
    String durability,
    List<Family> families,
    List<String> dropFamilies,
    Long regions,
    List<String> splitKeys) implements Serializable {

    /**
     * One of families.
     *
     * @param name The family's name
     * @param versions Versions that are kept of a cell
     * @param minVersions Versions that are kept past their time; without it none; may be null
     * @param ttlSeconds How long cells are kept; without it for ever; may be null
     * @param compression How blocks are compressed, such as {@code NONE} or {@code GZ}
     * @param bloomFilter {@code NONE}, {@code ROW} or {@code ROWCOL}
     * @param blockSize Bytes of a block
     * @param inMemory Whether its blocks stay in the cache before those of others
     */
    public record Family(
        String name,
        long versions,
        Long minVersions,
        Long ttlSeconds,
        String compression,
        String bloomFilter,
        long blockSize,
        boolean inMemory) implements Serializable {

        /** Reads and checks an object; the error names the field. */
        public static Family of(ConfigNode node) {
            return new Family(
                node.text("name"),
                node.positive("versions"),
                node.optionalWhole("minVersions", 1),
                node.optionalWhole("ttlSeconds", 1),
                node.text("compression"),
                node.text("bloomFilter"),
                node.positive("blockSize"),
                node.flag("inMemory", false));
        }
    }

    /** Reads and checks an object; the error names the field. */
    public static HBaseRequest of(ConfigNode node) {
        return new HBaseRequest(
            node.texts("bootstrapServers"),
            node.optionalText("table"),
            node.optionalText("mark"),
            node.optionalText("expectedMark"),
            node.optionalText("durability"),
            node.optionalList("families", Family::of),
            node.texts("dropFamilies"),
            node.optionalWhole("regions", 1),
            node.texts("splitKeys"));
    }
}
