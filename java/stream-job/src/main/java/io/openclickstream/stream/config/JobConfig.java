package io.openclickstream.stream.config;

import io.openclickstream.kafka.KafkaSettings;
import io.openclickstream.lake.CatalogSettings;
import io.openclickstream.lake.PropertyColumns;
import io.openclickstream.lake.Recovery;
import io.openclickstream.lake.StorageSettings;
import io.openclickstream.model.ConfigException;
import io.openclickstream.model.ConfigNode;
import io.openclickstream.model.JobDocument;
import io.openclickstream.model.Masking;
import io.openclickstream.model.OutputTable;
import io.openclickstream.profiles.IdentityRules;
import io.openclickstream.stream.profile.ProfileSettings;
import io.openclickstream.stream.rows.RowRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.catalog.TableIdentifier;

/**
 * What the operator tells the job in job.json, in the types that the job works with. Holds no secrets: those come as environment variables.
 *
 * @param pipeline the pipeline, {@code namespace/name}
 * @param kafka where the raw records are
 * @param topic the raw topic
 * @param catalog the Iceberg REST catalog
 * @param storage the S3 service
 * @param authorityFiles PEM files of authorities that catalog and S3 need beside the system's
 * @param tables identifiers of the output tables
 * @param checkpoint folder of the checkpoint, any Hadoop file system
 * @param triggerInterval time between the starts of two micro-batches
 * @param sessionTimeout longest idle time inside a session
 * @param dedupWindow how long an event's identifier is remembered, in processing time
 * @param watermark how far behind a visitor's newest session an event may come and still join its own
 * @param maxRowsPerTrigger most records of one micro-batch
 * @param ipMasking what is kept of client addresses
 * @param absentIds words that stand for no identifier
 * @param siteHosts hosts of the site, a visit from which is internal
 * @param enrichments which derived columns are filled
 * @param shufflePartitions parallel parts of the stateful steps; fixed by the first start on a checkpoint
 * @param propertyColumns further columns of the events table
 * @param profiles where visitors' profiles are kept; null where none are
 * @param recovery what allows a start without a checkpoint though the tables hold rows; null without one
 */
public record JobConfig(
    String pipeline,
    KafkaSettings kafka,
    String topic,
    CatalogSettings catalog,
    StorageSettings storage,
    List<Path> authorityFiles,
    Map<OutputTable, TableIdentifier> tables,
    String checkpoint,
    Duration triggerInterval,
    Duration sessionTimeout,
    Duration dedupWindow,
    Duration watermark,
    long maxRowsPerTrigger,
    Masking ipMasking,
    List<String> absentIds,
    List<String> siteHosts,
    JobDocument.Enrichments enrichments,
    int shufflePartitions,
    PropertyColumns propertyColumns,
    ProfileSettings profiles,
    Recovery recovery) {
    private static final int PROFILE_HISTORY = 20;
    private static final int MOST_VISITORS_OF_A_USER = 20;
    private static final int MOST_USERS_OF_A_VISITOR = 1;
    /** Their events are in the driver's memory together, beside Spark. */
    private static final long MOST_RECORDS_OF_PROFILES = 20_000;

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
        JobDocument job = JobDocument.of(ConfigNode.parse("job.json", json));
        return new JobConfig(
            job.pipeline().namespace() + "/" + job.pipeline().name(),
            kafka(job.kafka()),
            job.kafka().topic(),
            catalog(job.catalog()),
            new StorageSettings(job.storage().endpoint(), job.storage().region(), job.storage().pathStyle()),
            job.authorityFiles().stream().map(Path::of).toList(),
            tables(job.tables()),
            job.checkpoint(),
            Duration.ofSeconds(job.triggerIntervalSeconds()),
            Duration.ofSeconds(job.sessionTimeoutSeconds()),
            Duration.ofSeconds(job.dedupWindowSeconds()),
            Duration.ofSeconds(job.watermarkSeconds()),
            job.maxRowsPerTrigger(),
            job.ipMasking(),
            job.absentIds(),
            job.siteHosts(),
            job.enrichments(),
            Math.toIntExact(job.shufflePartitions()),
            propertyColumns(job.propertyColumns()),
            profiles(job),
            job.recoveryId() == null ? null : new Recovery(job.recoveryId(), job.readAgain()));
    }

    private static PropertyColumns propertyColumns(List<JobDocument.PropertyColumn> columns) {
        return new PropertyColumns(columns.stream().collect(
            Collectors.toUnmodifiableMap(JobDocument.PropertyColumn::column, JobDocument.PropertyColumn::property)));
    }

    private static ProfileSettings profiles(JobDocument job) {
        JobDocument.Profiles profiles = job.profiles();
        if (profiles.table() == null) {
            return null;
        }
        if (profiles.bootstrapServers() == null) {
            throw new ConfigException("job.json: \"profiles.bootstrapServers\" must be given with \"profiles.table\"");
        }
        return new ProfileSettings(
            job.pipeline().namespace() + "/" + job.pipeline().name(),
            profiles.bootstrapServers(),
            profiles.table(),
            profiles.history() == null ? PROFILE_HISTORY : Math.toIntExact(profiles.history()),
            Math.min(job.maxRowsPerTrigger(), MOST_RECORDS_OF_PROFILES),
            identity(profiles));
    }

    private static IdentityRules identity(JobDocument.Profiles profiles) {
        return new IdentityRules(
            profiles.maxVisitorsPerUser() == null ? MOST_VISITORS_OF_A_USER : Math.toIntExact(profiles.maxVisitorsPerUser()),
            profiles.maxUsersPerVisitor() == null ? MOST_USERS_OF_A_VISITOR : Math.toIntExact(profiles.maxUsersPerVisitor()),
            Set.copyOf(profiles.blockedUsers()));
    }

    /** What is said about the making of rows. */
    public RowRules rowRules() {
        return new RowRules(ipMasking, absentIds, siteHosts, watermark);
    }

    private static CatalogSettings catalog(JobDocument.Catalog catalog) {
        JobDocument.Catalog.Client client = catalog.client();
        return new CatalogSettings(
            catalog.name(), catalog.uri(), catalog.warehouse(), catalog.prefix(),
            client.scope() == null ? null : new CatalogSettings.Client(client.serverUri(), client.scope()));
    }

    private static KafkaSettings kafka(JobDocument.Kafka kafka) {
        JobDocument.Kafka.Security security = kafka.security();
        KafkaSettings.Tls tls = security.tls()
            ? new KafkaSettings.Tls(security.caFile(), security.clientCertificateFile(), security.clientKeyFile())
            : null;
        return new KafkaSettings(kafka.bootstrapServers(), tls, security.saslMechanism());
    }

    private static Map<OutputTable, TableIdentifier> tables(JobDocument.Tables tables) {
        Map<OutputTable, TableIdentifier> identifiers = new EnumMap<>(OutputTable.class);
        for (OutputTable table : OutputTable.values()) {
            String name = switch (table) {
                case EVENTS -> tables.events();
                case FAILED_EVENTS -> tables.failedEvents();
                case DUPLICATE_EVENTS -> tables.duplicateEvents();
            };
            if (!name.matches("[^.]+(\\.[^.]+)+")) {
                throw new ConfigException(
                    "job.json: \"tables." + table.modelName() + "\" must be a database and a table with a dot between");
            }
            identifiers.put(table, TableIdentifier.parse(name));
        }
        return Map.copyOf(identifiers);
    }
}
