package io.openclickstream.stream.parse;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A JSON object. Of several members with one name the last that is not null counts. */
record JsonObject(List<Member> members) implements JsonValue {
    /** A name and its value. */
    record Member(String name, JsonValue value) {
    }

    /** The value that counts; null when there is none. A member that is null is as good as absent. */
    JsonValue get(String name) {
        for (int index = members.size() - 1; index >= 0; index--) {
            Member member = members.get(index);
            if (member.name().equals(name) && !member.value().isNull()) {
                return member.value();
            }
        }
        return null;
    }

    boolean has(String name) {
        return get(name) != null;
    }

    /** All members that are not null, the last one first, so that of those with one name the first counts. */
    List<Member> lastFirst() {
        List<Member> reversed = new ArrayList<>(members.size());
        for (int index = members.size() - 1; index >= 0; index--) {
            if (!members.get(index).value().isNull()) {
                reversed.add(members.get(index));
            }
        }
        return reversed;
    }

    /** The same with the members of each object in the order of their names. */
    @Override
    public JsonObject sorted() {
        return new JsonObject(members.stream()
            .map(member -> new Member(member.name(), member.value().sorted()))
            .sorted(Comparator.comparing(Member::name))
            .toList());
    }

    @Override
    public String typeName() {
        return "an object";
    }

    @Override
    public void write(StringBuilder json) {
        json.append('{');
        for (int index = 0; index < members.size(); index++) {
            json.append(index == 0 ? "" : ",");
            JsonValue.quote(members.get(index).name(), json);
            json.append(':');
            members.get(index).value().write(json);
        }
        json.append('}');
    }
}
