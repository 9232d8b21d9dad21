package io.openclickstream.flight.trino;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.flight.types.TypeText;
import io.openclickstream.flight.vectors.RowBatch.ResultColumn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** One answer of Trino, read in one pass: what is before the rows, the rows, and what is behind them. */
public final class TrinoPage implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonFactory FACTORY = JSON.getFactory();

    private final JsonParser parser;
    private boolean isAtRows;
    private String id;
    private String next;
    private List<ResultColumn> columns;
    private TrinoFailure failure;
    private String updateType;
    private Long updateCount;

    private TrinoPage(JsonParser parser) {
        this.parser = parser;
    }

    /** Reads the answer up to its first row. */
    public static TrinoPage open(byte[] body) throws IOException {
        TrinoPage page = new TrinoPage(FACTORY.createParser(body));
        if (page.parser.nextToken() != JsonToken.START_OBJECT) {
            throw new IOException("Trino's answer is no object");
        }
        page.readMembers();
        return page;
    }

    private void readMembers() throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String member = parser.currentName();
            JsonToken value = parser.nextToken();
            if (member.equals("data") && value == JsonToken.START_ARRAY) {
                isAtRows = true;
                return;
            }
            if (value == JsonToken.VALUE_NULL) {
                continue;
            }
            switch (member) {
                case "id" -> id = parser.getText();
                case "nextUri" -> next = parser.getText();
                case "columns" -> columns = columns(JSON.readTree(parser));
                case "error" -> failure = failure(JSON.readTree(parser));
                case "updateType" -> updateType = parser.getText();
                case "updateCount" -> updateCount = parser.getLongValue();
                default -> parser.skipChildren();
            }
        }
    }

    private static List<ResultColumn> columns(JsonNode columns) {
        List<ResultColumn> read = new ArrayList<>();
        columns.forEach(column -> read.add(new ResultColumn(column.path("name").asText(), TypeText.parse(column.path("type").asText()))));
        return List.copyOf(read);
    }

    private TrinoFailure failure(JsonNode error) {
        JsonNode place = error.path("errorLocation");
        return new TrinoFailure(error.path("message").asText("the query failed"), new TrinoFailure.Detail(
            error.path("errorName").asText(""), error.path("errorType").asText(""),
            place.path("lineNumber").asInt(0), place.path("columnNumber").asInt(0), id));
    }

    /** Whether there is another row; the parser then stands at its opening bracket. Behind the last, the rest of the answer is read. */
    public boolean nextRow() throws IOException {
        if (!isAtRows) {
            return false;
        }
        if (parser.nextToken() == JsonToken.START_ARRAY) {
            return true;
        }
        isAtRows = false;
        readMembers();
        return false;
    }

    public JsonParser parser() {
        return parser;
    }

    public String id() {
        return id;
    }

    /** Where the next answer is; null at the last. */
    public String next() {
        return next;
    }

    /** Null as long as they are not known. */
    public List<ResultColumn> columns() {
        return columns;
    }

    /** What happened, such as {@code INSERT}; null for a query. Known behind the rows. */
    public String updateType() {
        return updateType;
    }

    /** The number of changed rows; null where there is none. Known behind the rows. */
    public Long updateCount() {
        return updateCount;
    }

    /** Throws when the query failed. Known behind the rows. */
    public void throwFailure() {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
