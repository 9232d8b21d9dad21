package io.openclickstream.stream.parse;

import io.openclickstream.model.EventMembers;
import io.openclickstream.model.RecordHeaders;
import io.openclickstream.model.Unicode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Collects what is kept in the column properties, so that nothing vanishes: of several values with one name the first that is added
 * has it, and the others follow as {@code name#2}, {@code name#3}.
 */
final class Properties {
    private record Further(String name, String value) {
    }

    private final Map<String, String> values = new TreeMap<>();
    private final List<Further> further = new ArrayList<>();

    /** Headers that the pipeline's collector was told to keep. */
    static Properties ofHeaders(RawRecord record) {
        Properties properties = new Properties();
        record.headers().forEach((name, value) -> {
            if (name.startsWith(RecordHeaders.CAPTURED_PREFIX)) {
                properties.add(name, value);
            }
        });
        return properties;
    }

    /** Adds a value; null adds nothing. */
    Properties add(String name, String value) {
        if (value != null) {
            String mended = Unicode.mended(name);
            if (values.putIfAbsent(mended, value) != null) {
                further.add(new Further(mended, value));
            }
        }
        return this;
    }

    /**
     * Adds what an event says in no column: first the members of its {@code properties}, then its own, of which the columns read the
     * known ones. Of several with one name the last comes first.
     */
    Properties addRest(JsonObject event, Set<String> known) {
        List<JsonObject.Member> members = event.lastFirst();
        for (JsonObject.Member member : members) {
            if (member.name().equals(EventMembers.PROPERTIES) && member.value() instanceof JsonObject object) {
                object.lastFirst().forEach(this::add);
            }
        }
        Set<String> read = new HashSet<>();
        for (JsonObject.Member member : members) {
            boolean isRead = known.contains(member.name()) && read.add(member.name());
            boolean isProperties = member.name().equals(EventMembers.PROPERTIES) && member.value() instanceof JsonObject;
            if (!isRead && !isProperties) {
                add(member);
            }
        }
        return this;
    }

    /** What there is, or null. */
    Map<String, String> orNull() {
        for (Further one : further) {
            int number = 2;
            while (values.putIfAbsent(one.name() + "#" + number, one.value()) != null) {
                number++;
            }
        }
        further.clear();
        return values.isEmpty() ? null : values;
    }

    private void add(JsonObject.Member member) {
        add(member.name(), member.value() instanceof JsonValue.Text text ? text.value() : member.value().json());
    }
}
