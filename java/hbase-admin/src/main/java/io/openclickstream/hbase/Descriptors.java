package io.openclickstream.hbase;

import io.openclickstream.model.ConfigException;
import io.openclickstream.model.HBaseRequest;
import io.openclickstream.model.HBaseTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.hbase.HConstants;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptor;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptorBuilder;
import org.apache.hadoop.hbase.client.Durability;
import org.apache.hadoop.hbase.client.TableDescriptor;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;
import org.apache.hadoop.hbase.io.compress.Compression;
import org.apache.hadoop.hbase.regionserver.BloomType;

/** Between requests, answers and HBase's own descriptors. What a request does not name stays as it is. */
final class Descriptors {
    /** Where a table says whose it is. */
    static final String MARK = "openclickstream.mark";
    private static final int KEYS = 1 << 16;

    private Descriptors() {
    }

    /** The name of the table that a request is about. */
    static TableName nameOf(HBaseRequest request) {
        if (request.table() == null) {
            throw new ConfigException("request: \"table\" must be a text that is not empty");
        }
        return TableName.valueOf(request.table());
    }

    static TableDescriptor created(HBaseRequest request) {
        return altered(TableDescriptorBuilder.newBuilder(nameOf(request)).build(), request);
    }

    /** The table as it is to become. Families that are neither named nor to be dropped stay as they are. */
    static TableDescriptor altered(TableDescriptor current, HBaseRequest request) {
        TableDescriptorBuilder builder = TableDescriptorBuilder.newBuilder(current);
        if (request.mark() != null) {
            builder.setValue(MARK, request.mark());
        }
        if (request.durability() != null) {
            builder.setDurability(word("durability", Durability.class, request.durability()));
        }
        for (HBaseRequest.Family family : request.families()) {
            ColumnFamilyDescriptor before = current.getColumnFamily(bytes(family.name()));
            if (before == null) {
                builder.setColumnFamily(familyOf(ColumnFamilyDescriptorBuilder.newBuilder(bytes(family.name())), family));
            } else {
                builder.modifyColumnFamily(familyOf(ColumnFamilyDescriptorBuilder.newBuilder(before), family));
            }
        }
        request.dropFamilies().stream().filter(name -> current.hasColumnFamily(bytes(name)))
            .forEach(name -> builder.removeColumnFamily(bytes(name)));
        return builder.build();
    }

    private static ColumnFamilyDescriptor familyOf(ColumnFamilyDescriptorBuilder builder, HBaseRequest.Family family) {
        return builder
            .setMaxVersions((int) family.versions())
            .setMinVersions(family.minVersions() == null ? 0 : Math.toIntExact(family.minVersions()))
            .setTimeToLive(family.ttlSeconds() == null ? HConstants.FOREVER : Math.toIntExact(family.ttlSeconds()))
            .setCompressionType(word("compression", Compression.Algorithm.class, family.compression()))
            .setBloomFilterType(word("bloomFilter", BloomType.class, family.bloomFilter()))
            .setBlocksize((int) family.blockSize())
            .setInMemory(family.inMemory())
            .build();
    }

    /** First keys of the regions but the first; null for a table of one region. */
    static byte[][] splitsOf(HBaseRequest request) {
        if (!request.splitKeys().isEmpty()) {
            return request.splitKeys().stream().map(Descriptors::bytes).toArray(byte[][]::new);
        }
        int regions = request.regions() == null ? 1 : Math.toIntExact(request.regions());
        if (regions > KEYS) {
            throw new ConfigException("request: \"regions\" must be at most " + KEYS);
        }
        byte[][] splits = new byte[regions - 1][];
        for (int region = 1; region < regions; region++) {
            int first = (int) ((long) region * KEYS / regions);
            splits[region - 1] = new byte[] {(byte) (first >> 8), (byte) first};
        }
        return regions == 1 ? null : splits;
    }

    /** A table as it is, with what is not in its descriptor. */
    static HBaseTable.Table answer(TableDescriptor table, boolean isEnabled, long regions, long storeBytes) {
        List<HBaseTable.Table.Family> families = new ArrayList<>();
        for (ColumnFamilyDescriptor family : table.getColumnFamilies()) {
            families.add(new HBaseTable.Table.Family(
                family.getNameAsString(), family.getMaxVersions(), family.getMinVersions(),
                family.getTimeToLive() == HConstants.FOREVER ? null : (long) family.getTimeToLive(),
                family.getCompressionType().name(), family.getBloomFilterType().name(), family.getBlocksize(), family.isInMemory()));
        }
        return new HBaseTable.Table(markOf(table), table.getDurability().name(), isEnabled, regions, storeBytes, families);
    }

    /** Whose the table is; null when it bears no mark. */
    static String markOf(TableDescriptor table) {
        return table.getValue(MARK);
    }

    private static <E extends Enum<E>> E word(String field, Class<E> words, String text) {
        return Arrays.stream(words.getEnumConstants()).filter(word -> word.name().equals(text)).findFirst()
            .orElseThrow(() -> new ConfigException(
                "request: \"" + field + "\" must be one of " + Arrays.toString(words.getEnumConstants()) + ", not \"" + text + "\""));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
