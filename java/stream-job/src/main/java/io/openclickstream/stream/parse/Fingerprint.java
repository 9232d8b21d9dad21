package io.openclickstream.stream.parse;

import io.openclickstream.model.EventMembers;
import io.openclickstream.model.Unicode;
import java.util.List;

/**
 * What tells two events with one identifier apart: equal for the same content, whatever the order of members and the blanks. The
 * time of sending does not count, as it changes with every retry.
 */
final class Fingerprint {
    private Fingerprint() {
    }

    static long of(JsonObject event) {
        List<JsonObject.Member> content = event.members().stream().filter(member -> !member.name().equals(EventMembers.SENT_AT)).toList();
        return of(Unicode.bytes(new JsonObject(content).sorted().json()));
    }

    /** Of what is no event. */
    static long of(byte[] bytes) {
        return Digests.number(bytes);
    }
}
