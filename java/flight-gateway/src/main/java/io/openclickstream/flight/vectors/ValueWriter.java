package io.openclickstream.flight.vectors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** Writes the values of one vector, as Trino sends them in JSON, and of those below it. */
abstract class ValueWriter {
    /** Writes the value at which the parser stands, null or not. Gives about how many bytes it takes. */
    final int write(JsonParser parser, int index) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            writeNull(index);
            return 1;
        }
        return writeValue(parser, index);
    }

    /** Writes a value that is not null; leaves the parser at the value's last token. Gives about how many bytes it takes. */
    abstract int writeValue(JsonParser parser, int index) throws IOException;

    /** Writes a value from its text, as it comes as the key of a map. */
    abstract int writeText(String text, int index);

    abstract void writeNull(int index);
}
