// Generated from contracts/hbase-request.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.io.Serializable;
import java.util.List;

/**
 * What is asked about an HBase cluster or one of its tables.
 *
 * @param bootstrapServers Servers to begin with, each as host:port: masters or region servers
 * @param user Name to be known by where HBase believes its clients; may be null
 * @param tls How connections are encrypted. All in PEM form
 * @param kerberos Authenticates by Kerberos, where it has a principal; else HBase believes its clients
 * @param table Name of the table, {@code namespace:name}; every path but /v1/cluster needs it; may be null
 * @param mark What the table bears in its descriptor to show whose it is; may be null
 * @param expectedMark The mark that the table must bear now to be altered or dropped; without it, it must bear none; may be null
 * @param durability How writes are logged, such as {@code FSYNC_WAL}; to create and to alter; may be null
 * @param families Column families to make, or to bring in line. Others stay as they are
 * @param within Families to look for cells in
 * @param dropFamilies Families to take away with their data when altering
 * @param regions Regions to create the table with that share the keys evenly; may be null
 * @param splitKeys First keys of the regions but the first, to create the table with
 */
public record HBaseRequest(
    List<String> bootstrapServers,
    String user,
    Tls tls,
    Kerberos kerberos,
    String table,
    String mark,
    String expectedMark,
    String durability,
    List<Family> families,
    List<String> within,
    List<String> dropFamilies,
    Long regions,
    List<String> splitKeys) implements Serializable {

    /**
     * How connections are encrypted. All in PEM form.
     *
     * @param isUsed Whether they are; else they are plain
     * @param authorities Certificates to trust; without it those of the Java runtime; may be null
     * @param certificate What is shown to servers that ask for it; may be null
     * @param privateKey The certificate's private key; may be null
     */
    public record Tls(
        boolean isUsed,
        String authorities,
        String certificate,
        String privateKey) implements Serializable {

        /** Reads and checks an object; the error names the field. */
        public static Tls of(ConfigNode node) {
            return new Tls(
                node.flag("isUsed", false),
                node.optionalText("authorities"),
                node.optionalText("certificate"),
                node.optionalText("privateKey"));
        }
    }

    /**
     * Authenticates by Kerberos, where it has a principal; else HBase believes its clients.
     *
     * @param principal Whose keys they are, such as {@code openclickstream@EXAMPLE.COM}; may be null
     * @param keytab The keytab, as base64; may be null
     * @param servicePrincipal Principal of masters and region servers, such as {@code hbase/_HOST@EXAMPLE.COM}; may be null
     * @param protection What is done with what is sent: {@code authentication}, {@code integrity} or {@code privacy}; may be null
     */
    public record Kerberos(
        String principal,
        String keytab,
        String servicePrincipal,
        String protection) implements Serializable {

        /** Reads and checks an object; the error names the field. */
        public static Kerberos of(ConfigNode node) {
            return new Kerberos(
                node.optionalText("principal"),
                node.optionalText("keytab"),
                node.optionalText("servicePrincipal"),
                node.optionalText("protection"));
        }
    }

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
            node.optionalText("user"),
            Tls.of(node.optionalObject("tls")),
            Kerberos.of(node.optionalObject("kerberos")),
            node.optionalText("table"),
            node.optionalText("mark"),
            node.optionalText("expectedMark"),
            node.optionalText("durability"),
            node.optionalList("families", Family::of),
            node.texts("within"),
            node.texts("dropFamilies"),
            node.optionalWhole("regions", 1),
            node.texts("splitKeys"));
    }
}
