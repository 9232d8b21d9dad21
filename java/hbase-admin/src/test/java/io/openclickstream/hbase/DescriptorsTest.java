package io.openclickstream.hbase;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.model.ConfigException;
import io.openclickstream.model.ConfigNode;
import io.openclickstream.model.HBaseRequest;
import io.openclickstream.model.HBaseTable;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.hbase.client.TableDescriptor;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Descriptors of tables")
class DescriptorsTest {
    private static final String FAMILY =
        "{'name':'p','versions':5,'ttlSeconds':60,'compression':'GZ','bloomFilter':'ROWCOL','blockSize':1024,'inMemory':true}";

    private static HBaseRequest request(String members) {
        return HBaseRequest.of(ConfigNode.parse("request", ("{'bootstrapServers':['a:1'],'table':'shop:web'," + members + "}").replace('\'', '"')));
    }

    @Test
    @DisplayName("say what was asked for")
    void created() {
        TableDescriptor table = Descriptors.created(request("'mark':'me','durability':'FSYNC_WAL','families':[" + FAMILY + "]"));
        HBaseTable.Table answer = Descriptors.answer(table, true, 3, 7);
        assertEquals(
            new HBaseTable.Table("me", "FSYNC_WAL", true, 3, 7,
                List.of(new HBaseTable.Table.Family("p", 5, 0, 60L, "GZ", "ROWCOL", 1024, true))),
            answer);
    }

    @Test
    @DisplayName("keep what a request does not name")
    void altered() {
        TableDescriptor before = TableDescriptorBuilder
            .newBuilder(Descriptors.created(request("'mark':'me','families':[" + FAMILY + "," + FAMILY.replace("'p'", "'q'") + "]")))
            .setValue("theirs", "kept").setRegionReplication(2).build();
        TableDescriptor after = Descriptors.altered(before, request("'families':[" + FAMILY.replace("5", "3") + "]"));
        assertEquals("kept", after.getValue("theirs"));
        assertEquals(2, after.getRegionReplication());
        assertEquals("me", Descriptors.markOf(after));
        assertEquals(3, after.getColumnFamily("p".getBytes()).getMaxVersions());
        assertEquals(before.getColumnFamily("q".getBytes()), after.getColumnFamily("q".getBytes()));
        TableDescriptor dropped = Descriptors.altered(before, request("'dropFamilies':['q','gone']"));
        assertEquals(1, dropped.getColumnFamilyCount());
        assertEquals(before, Descriptors.altered(before, request("'dropFamilies':['gone']")));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {"'regions':4, 4000 8000 c000", "'regions':3, 5555 aaaa", "\"'splitKeys':['a','m']\", 61 6d"})
    @DisplayName("split tables")
    void splits(String members, String keys) {
        byte[][] splits = Descriptors.splitsOf(request(members.replace("\"", "'")));
        assertEquals(keys, String.join(" ", Arrays.stream(splits).map(HexFormat.of()::formatHex).toList()));
    }

    @Test
    @DisplayName("of one region are not split")
    void whole() {
        assertNull(Descriptors.splitsOf(request("'regions':1")));
        assertNull(Descriptors.splitsOf(request("'mark':'me'")));
    }

    @Test
    @DisplayName("are refused where HBase has no such word")
    void refused() {
        HBaseRequest wrong = request("'families':[" + FAMILY.replace("GZ", "GZIP") + "]");
        assertTrue(assertThrows(ConfigException.class, () -> Descriptors.created(wrong)).getMessage().contains("\"GZIP\""));
    }
}
