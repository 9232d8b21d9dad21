package io.openclickstream.stream.config;

import io.openclickstream.kafka.KafkaSettings;
import io.openclickstream.lake.CatalogSettings;
import io.openclickstream.lake.StorageSettings;
import io.openclickstream.model.ConfigException;
import io.openclickstream.model.ConfigNode;
import io.openclickstream.model.OutputTable;
import io.openclickstream.stream.enrich.EnrichmentSettings;
import io.openclickstream.stream.parse.IpMasking;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.apache.iceberg.catalog.TableIdentifier;

/**
 * What the operator tells the job, parsed once from job.json. Holds no secrets: those come as environment variables.
 *
 * @param pipeline the pipeline, {@code namespace/name}
 * @param kafka where the raw records are
 * @param topic the raw topic
 * @param catalog the Iceberg REST catalog
 * @param storage the S3 service
 * @param tables identifiers of the output tables
 * @param checkpoint folder of the checkpoint, any Hadoop file system
 * @param triggerInterval time between the starts of two micro-batches
 * @param sessionTimeout longest idle time inside a session
 * @param dedupWindow how long an event's identifier is remembered, in processing time
 * @param watermark how far behind a visitor's newest session an event may come and still join its own
 * @param maxRowsPerTrigger most records of one micro-batch
 * @param ipMasking what is kept of client addresses
 * @param enrichments which derived columns are filled
 * @param shufflePartitions parallel parts of the stateful steps; fixed by the first start on a checkpoint
 */
public record JobConfig(
    String pipeline,
    KafkaSettings kafka,
    String topic,
    CatalogSettings catalog,
    StorageSettings storage,
    Map<OutputTable, TableIdentifier> tables,
    String checkpoint,
    Duration triggerInterval,
    Duration sessionTimeout,
    Duration dedupWindow,
    Duration watermark,
    long maxRowsPerTrigger,
    IpMasking ipMasking,
    EnrichmentSettings enrichments,
    int shufflePartitions) {

    /** Reads and checks a file. */
    public static JobConfig load(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (IOException e) {
            throw new ConfigException("\"" + file + "\" cannot be read: " + e);
        }
    }

    /** Parses and checks the JSON text. */
    public static JobConfig parse(String json) {
        ConfigNode root = ConfigNode.parse(json);
        ConfigNode pipeline = root.object("pipeline");
        return new JobConfig(
            pipeline.text("namespace") + "/" + pipeline.text("name"),
            kafka(root.object("kafka")),
            root.object("kafka").text("topic"),
            catalog(root.object("catalog")),
            storage(root.object("storage")),
            tables(root.object("tables")),
            root.text("checkpoint"),
            root.seconds("triggerIntervalSeconds"),
            root.seconds("sessionTimeoutSeconds"),
            root.seconds("dedupWindowSeconds"),
            root.seconds("watermarkSeconds"),
            root.positive("maxRowsPerTrigger"),
            root.choice("ipMasking", IpMasking.values(), IpMasking::text),
            enrichments(root.optionalObject("enrichments")),
            Math.toIntExact(root.positive("shufflePartitions")));
    }

    private static EnrichmentSettings enrichments(ConfigNode enrichments) {
        return new EnrichmentSettings(
            enrichments.flag("referrer", true), enrichments.flag("campaign", true), enrichments.flag("userAgent", true));
    }

    private static KafkaSettings kafka(ConfigNode kafka) {
        ConfigNode security = kafka.optionalObject("security");
        return new KafkaSettings(
            kafka.text("bootstrapServers"),
            security.flag("tls", false),
            security.optionalText("saslMechanism"),
            security.optionalText("caFile"));
    }

    private static CatalogSettings catalog(ConfigNode catalog) {
        return new CatalogSettings(
            catalog.text("name"), catalog.text("uri"), catalog.optionalText("warehouse"), catalog.optionalText("prefix"));
    }

    private static StorageSettings storage(ConfigNode storage) {
        return new StorageSettings(storage.optionalText("endpoint"), storage.text("region"), storage.flag("pathStyle", false));
    }

    private static Map<OutputTable, TableIdentifier> tables(ConfigNode tables) {
        Map<OutputTable, TableIdentifier> identifiers = new EnumMap<>(OutputTable.class);
        for (OutputTable table : OutputTable.values()) {
            String name = tables.text(table.modelName());
            if (!name.matches("[^.]+(\\.[^.]+)+")) {
                throw tables.wrong(table.modelName(), "must be a database and a table with a dot between");
            }
            identifiers.put(table, TableIdentifier.parse(name));
        }
        return Map.copyOf(identifiers);
    }
}
