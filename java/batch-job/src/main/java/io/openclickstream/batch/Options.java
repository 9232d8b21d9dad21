package io.openclickstream.batch;

import io.openclickstream.model.ConfigException;
import io.openclickstream.model.ConfigNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The options behind a program's name on the command line, each with a value. */
final class Options {
    private final Map<String, String> values;

    private Options(Map<String, String> values) {
        this.values = values;
    }

    /** Reads the words behind the first; errors tell the usage. */
    static Options parse(String[] words, Set<String> known, String usage) {
        if (words.length == 0 || !usage.startsWith(words[0] + " ")) {
            throw new ConfigException("usage: batch-job " + usage);
        }
        Map<String, String> values = new HashMap<>();
        for (int position = 1; position < words.length; position += 2) {
            String option = words[position];
            if (!known.contains(option) || position + 1 == words.length) {
                throw new ConfigException("\"" + option + "\" is no option, or lacks its value; usage: batch-job " + usage);
            }
            values.put(option, words[position + 1]);
        }
        return new Options(values);
    }

    /** Null when it is not given. */
    String get(String option) {
        return values.get(option);
    }

    /** The document that an option names. */
    ConfigNode document(String option, String fallback) {
        Path file = Path.of(values.getOrDefault(option, fallback));
        try {
            return ConfigNode.parse(file.getFileName().toString(), Files.readString(file));
        } catch (IOException e) {
            throw new ConfigException("\"" + file + "\" cannot be read: " + e);
        }
    }
}
