package io.openclickstream.hbase;

import io.openclickstream.service.Causes;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.hbase.client.RetriesExhaustedException;

/** Why a call failed: HBase's client keeps what went wrong at the servers that it tried as a text only, after the first line of its own message. */
final class Reasons {
    private static final String LIST = "xceptions:\n";
    private static final Pattern EXCEPTION = Pattern.compile("(?:\\w+\\.)*([A-Z]\\w*(?:Exception|Error))(?=: |$)");

    private Reasons() {
    }

    /** The deepest cause in one line: the name of its class and its message. */
    static String deepest(Throwable failure) {
        String listed = listed(failure);
        if (listed == null) {
            return Causes.describe(failure);
        }
        String deepest = listed;
        Matcher exceptions = EXCEPTION.matcher(listed);
        while (exceptions.find()) {
            deepest = exceptions.group(1) + listed.substring(exceptions.end());
        }
        return deepest.contains("[") ? deepest : deepest.replaceFirst("]+$", "");
    }

    /** The last of the exceptions that the message of the root cause lists, or null where it lists none. */
    static String listed(Throwable failure) {
        Throwable root = Causes.root(failure);
        String message = root instanceof RetriesExhaustedException ? root.getMessage() : "";
        int list = message.indexOf(LIST);
        String lines = list < 0 ? "" : message.substring(list + LIST.length()).strip();
        return lines.isEmpty() ? null : lines.substring(lines.lastIndexOf('\n') + 1);
    }
}
