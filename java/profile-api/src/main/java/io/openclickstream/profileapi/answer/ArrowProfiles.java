package io.openclickstream.profileapi.answer;

import io.openclickstream.profileapi.read.Found;
import io.openclickstream.profileapi.read.Found.Version;
import io.openclickstream.profiles.Campaign;
import io.openclickstream.profiles.PageView;
import io.openclickstream.profiles.Touch;
import io.openclickstream.profiles.VisitorProfile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Profiles as a stream of Arrow IPC with one batch: a row for each version of each profile; of an unknown identifier a row with nothing but it. */
public final class ArrowProfiles implements AutoCloseable {
    private static final ArrowType TEXT = ArrowType.Utf8.INSTANCE;
    private static final ArrowType COUNT = new ArrowType.Int(Long.SIZE, true);
    private static final ArrowType TIME = new ArrowType.Timestamp(org.apache.arrow.vector.types.TimeUnit.MICROSECOND, "UTC");
    private static final List<Field> TOUCH = Stream.concat(
        Stream.of(optional("at", TIME)),
        Stream.of("source", "medium", "campaign", "term", "content", "click_id", "click_network").map(name -> optional(name, TEXT))).toList();
    private static final Schema SCHEMA = new Schema(List.of(
        required("id", TEXT),
        optional("merged_into", TEXT),
        optional("visitors", ArrowType.List.INSTANCE, required("item", TEXT)),
        optional("since", TIME),
        optional("first_seen", TIME),
        optional("last_seen", TIME),
        optional("sessions", COUNT),
        optional("events", new ArrowType.Map(false),
            required(MapVector.DATA_VECTOR_NAME, ArrowType.Struct.INSTANCE, required(MapVector.KEY_NAME, TEXT), optional(MapVector.VALUE_NAME, COUNT))),
        optional("other_events", COUNT),
        optional("pages", ArrowType.List.INSTANCE,
            required("item", ArrowType.Struct.INSTANCE, optional("at", TIME), optional("url", TEXT), optional("title", TEXT))),
        optional("first_touch", ArrowType.Struct.INSTANCE, TOUCH.toArray(Field[]::new)),
        optional("last_touch", ArrowType.Struct.INSTANCE, TOUCH.toArray(Field[]::new)),
        optional("user", ArrowType.Struct.INSTANCE, optional("at", TIME), optional("id", TEXT))));

    private final BufferAllocator memory;

    /** Batches have at most so many bytes in memory at a time, all together. */
    public ArrowProfiles(long mostBytes) {
        this.memory = new RootAllocator(mostBytes);
    }

    /** The rows of what was found of identifiers, in their order. */
    public byte[] write(List<String> ids, List<Optional<Found>> found) {
        try (VectorSchemaRoot root = VectorSchemaRoot.create(SCHEMA, memory)) {
            int row = 0;
            for (int position = 0; position < ids.size(); position++) {
                Found one = found.get(position).orElse(null);
                if (one == null) {
                    text(root.getVector("id"), row++, ids.get(position));
                    continue;
                }
                for (Version version : one.versions()) {
                    write(root, row++, one, version);
                }
            }
            root.setRowCount(row);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ArrowStreamWriter writer = new ArrowStreamWriter(root, null, bytes)) {
                writer.writeBatch();
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException("memory can be written to", e);
        }
    }

    private static void write(VectorSchemaRoot root, int row, Found found, Version version) {
        VisitorProfile profile = version.profile();
        text(root.getVector("id"), row, found.id());
        text(root.getVector("merged_into"), row, found.mergedInto());
        visitors((ListVector) root.getVector("visitors"), row, found.visitors());
        time(root.getVector("since"), row, TimeUnit.MILLISECONDS.toMicros(version.at()));
        time(root.getVector("first_seen"), row, profile.firstSeen());
        time(root.getVector("last_seen"), row, profile.lastSeen());
        count(root.getVector("sessions"), row, profile.sessions());
        events((MapVector) root.getVector("events"), row, profile.events().byType());
        count(root.getVector("other_events"), row, profile.events().other());
        pages((ListVector) root.getVector("pages"), row, profile.pages());
        touch((StructVector) root.getVector("first_touch"), row, profile.firstTouch());
        touch((StructVector) root.getVector("last_touch"), row, profile.lastTouch());
        if (profile.user() != null) {
            StructVector user = (StructVector) root.getVector("user");
            user.setIndexDefined(row);
            time(user.getChild("at"), row, profile.user().at().time());
            text(user.getChild("id"), row, profile.user().id());
        }
    }

    private static void visitors(ListVector list, int row, List<String> ids) {
        int at = list.startNewValue(row);
        for (String id : ids) {
            text(list.getDataVector(), at++, id);
        }
        list.endValue(row, ids.size());
    }

    private static void events(MapVector map, int row, Map<String, Long> byType) {
        StructVector entries = (StructVector) map.getDataVector();
        int at = map.startNewValue(row);
        for (Map.Entry<String, Long> entry : byType.entrySet()) {
            entries.setIndexDefined(at);
            text(entries.getChild(MapVector.KEY_NAME), at, entry.getKey());
            count(entries.getChild(MapVector.VALUE_NAME), at, entry.getValue());
            at++;
        }
        map.endValue(row, byType.size());
    }

    private static void pages(ListVector list, int row, List<PageView> pages) {
        StructVector items = (StructVector) list.getDataVector();
        int at = list.startNewValue(row);
        for (PageView page : pages) {
            items.setIndexDefined(at);
            time(items.getChild("at"), at, page.at().time());
            text(items.getChild("url"), at, page.url());
            text(items.getChild("title"), at, page.title());
            at++;
        }
        list.endValue(row, pages.size());
    }

    private static void touch(StructVector struct, int row, Touch touch) {
        if (touch == null) {
            return;
        }
        Campaign of = touch.campaign();
        struct.setIndexDefined(row);
        time(struct.getChild("at"), row, touch.at().time());
        text(struct.getChild("source"), row, of.source());
        text(struct.getChild("medium"), row, of.medium());
        text(struct.getChild("campaign"), row, of.campaign());
        text(struct.getChild("term"), row, of.term());
        text(struct.getChild("content"), row, of.content());
        text(struct.getChild("click_id"), row, of.clickId());
        text(struct.getChild("click_network"), row, of.clickNetwork());
    }

    private static void text(FieldVector vector, int row, String value) {
        if (value != null) {
            ((VarCharVector) vector).setSafe(row, value.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void time(FieldVector vector, int row, long micros) {
        ((TimeStampMicroTZVector) vector).setSafe(row, micros);
    }

    private static void count(FieldVector vector, int row, long value) {
        ((BigIntVector) vector).setSafe(row, value);
    }

    private static Field optional(String name, ArrowType type, Field... children) {
        return new Field(name, FieldType.nullable(type), List.of(children));
    }

    private static Field required(String name, ArrowType type, Field... children) {
        return new Field(name, FieldType.notNullable(type), List.of(children));
    }

    @Override
    public void close() {
        memory.close();
    }
}
