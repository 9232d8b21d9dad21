package io.openclickstream.profileapi.server;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.openclickstream.model.ProfileApiDocument.Limits;
import io.openclickstream.profileapi.answer.Problem;
import io.openclickstream.profileapi.answer.ProblemException;
import io.openclickstream.profileapi.read.Question;
import io.openclickstream.profileapi.read.Question.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads requests. What is wrong is answered with the field, its value and how it must be. */
final class Reading {
    private static final int LONGEST_ID = 256;
    private static final int ESCAPE_LENGTH = 3;
    private static final int LONGEST_NUMBER = 9;
    private static final int FIRST_YEAR = 1970;
    private static final int LAST_YEAR = 9999;
    private static final String KIND = "kind";
    private static final String AS_OF = "asOf";
    private static final String HISTORY = "history";
    private static final String IDS = "ids";
    private static final ObjectMapper JSON = JsonMapper.builder()
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
        .build();

    private final Limits limits;

    /** What a body asks for. */
    record Batch(List<String> ids, Question question) {
    }

    Reading(Limits limits) {
        this.limits = limits;
    }

    /** An identifier in a path. */
    static String id(String escaped) {
        return checkedId("id", unescape("id", escaped, false));
    }

    /** What a query asks for. */
    Question question(String query, boolean isStream) {
        Map<String, String> parameters = parameters(query, isStream ? Set.of(KIND) : Set.of(KIND, AS_OF, HISTORY));
        String history = parameters.get(HISTORY);
        return new Question(kind(parameters.get(KIND)), asOf(parameters.get(AS_OF)), history == null ? 1 : versions(history));
    }

    /** Whether a query asks for the history. */
    static boolean hasHistory(String query) {
        return query != null && query.matches("(^|.*&)" + HISTORY + "=.*");
    }

    private static Map<String, String> parameters(String query, Set<String> known) {
        Map<String, String> parameters = new HashMap<>();
        if (query == null || query.isEmpty()) {
            return parameters;
        }
        for (String pair : query.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            String name = unescape("query", parts[0], true);
            if (!known.contains(name)) {
                throw invalid("query", name, "there is no such parameter: use " + String.join(", ", known.stream().sorted().toList()));
            }
            if (parameters.put(name, unescape(name, parts.length == 1 ? "" : parts[1], true)) != null) {
                throw invalid(name, pair, "give the parameter once");
            }
        }
        return parameters;
    }

    private static Kind kind(String text) {
        if (text == null || text.equals("visitor")) {
            return Kind.VISITOR;
        }
        if (text.equals("user")) {
            return Kind.USER;
        }
        throw invalid(KIND, text, "must be visitor or user");
    }

    private static Long asOf(String text) {
        if (text == null) {
            return null;
        }
        OffsetDateTime time;
        try {
            // A plus that was not escaped is a blank in a query.
            time = OffsetDateTime.parse(text.replace(' ', '+'));
        } catch (DateTimeException e) {
            throw invalid(AS_OF, text, "must be a time as RFC 3339 has it, such as 2026-11-30T08:00:00Z");
        }
        if (time.getYear() < FIRST_YEAR || time.getYear() > LAST_YEAR) {
            throw invalid(AS_OF, text, "must be a time of the years " + FIRST_YEAR + " to " + LAST_YEAR);
        }
        // East of Greenwich, 1970 began before the first time that HBase knows.
        return Math.max(0, time.toInstant().toEpochMilli());
    }

    private int versions(String text) {
        boolean isNumber = text.matches("[0-9]+") && text.length() <= LONGEST_NUMBER;
        if (!isNumber || Integer.parseInt(text) < 1 || Integer.parseInt(text) > limits.history()) {
            throw invalid(HISTORY, text, "must be a whole number from 1 to " + limits.history());
        }
        return Integer.parseInt(text);
    }

    /** What the body of a batch asks for. */
    Batch batch(byte[] body) {
        JsonNode root;
        try {
            root = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw invalid("body", null, "must be JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw invalid("body", null, "must be JSON in UTF-8");
        }
        if (!root.isObject()) {
            throw invalid("body", root.toString(), "must be an object with the member \"ids\"");
        }
        for (Iterator<String> names = root.fieldNames(); names.hasNext();) {
            String name = names.next();
            if (!Set.of(IDS, KIND, AS_OF).contains(name)) {
                throw invalid("body", name, "there is no such member: use asOf, ids, kind");
            }
        }
        return new Batch(ids(root.path(IDS)), new Question(kind(text(root, KIND)), asOf(text(root, AS_OF)), 1));
    }

    private static String text(JsonNode root, String member) {
        JsonNode node = root.path(member);
        if (node.isMissingNode()) {
            return null;
        }
        if (!node.isTextual()) {
            throw invalid(member, node.toString(), "must be a text");
        }
        return node.textValue();
    }

    private List<String> ids(JsonNode node) {
        if (!node.isArray() || node.isEmpty()) {
            throw invalid(IDS, node.isMissingNode() ? null : node.toString(), "must be a list of identifiers that is not empty");
        }
        if (node.size() > limits.batchIds()) {
            throw new ProblemException(Problem.tooLarge(IDS, node.size() + " identifiers", "ask for at most " + limits.batchIds() + " at once"));
        }
        List<String> ids = new ArrayList<>(node.size());
        for (int position = 0; position < node.size(); position++) {
            String field = IDS + "[" + position + "]";
            if (!node.get(position).isTextual()) {
                throw invalid(field, node.get(position).toString(), "must be a text");
            }
            ids.add(checkedId(field, node.get(position).textValue()));
        }
        return ids;
    }

    private static String checkedId(String field, String id) {
        boolean isText = StandardCharsets.UTF_8.newEncoder().canEncode(id);
        if (id.isEmpty() || id.length() > LONGEST_ID || !isText || id.chars().anyMatch(Character::isISOControl)) {
            throw invalid(field, isText ? id : null, "must have 1 to " + LONGEST_ID + " characters, and none of them a control character");
        }
        return id;
    }

    /** The text that was escaped as URLs have it, strictly: a wrong escape would be another identifier. */
    private static String unescape(String field, String escaped, boolean isQuery) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(escaped.length());
        for (int position = 0; position < escaped.length(); position++) {
            char character = escaped.charAt(position);
            if (character == '%') {
                boolean isWhole = position + ESCAPE_LENGTH <= escaped.length();
                String digits = isWhole ? escaped.substring(position + 1, position + ESCAPE_LENGTH) : "";
                if (!digits.matches("[0-9a-fA-F]{2}")) {
                    throw invalid(field, escaped, "behind % must be two hexadecimal digits");
                }
                bytes.write(HexFormat.fromHexDigits(digits));
                position += ESCAPE_LENGTH - 1;
            } else {
                bytes.writeBytes((isQuery && character == '+' ? " " : String.valueOf(character)).getBytes(StandardCharsets.UTF_8));
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
        } catch (CharacterCodingException e) {
            throw invalid(field, escaped, "must be UTF-8, escaped byte by byte");
        }
    }

    private static ProblemException invalid(String field, String value, String detail) {
        return new ProblemException(Problem.invalid(field, value, detail));
    }
}
