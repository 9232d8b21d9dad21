package io.openclickstream.stream.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An independent count of an access log: one expression, one sort, one pass; shares no code with the job. */
record LogCount(int lines, int malformed, int visitors, int sessions) {
    private static final Pattern COMBINED = Pattern.compile(
        "(\\S+) \\S+ .*?\\[([^\\]]+)\\] \"(?:[^\"\\\\]|\\\\.)*\" \\d{3} (?:\\d+|-) \"(?:[^\"\\\\]|\\\\.)*\" \"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH);
    private static final long IDLE_SECONDS = 1800;

    static LogCount of(Path log) throws IOException {
        Map<String, List<Long>> times = new HashMap<>();
        int malformed = 0;
        List<String> lines = Files.readAllLines(log);
        for (String line : lines) {
            Matcher match = COMBINED.matcher(line);
            if (match.matches()) {
                times.computeIfAbsent(match.group(1) + "\n" + match.group(3), visitor -> new ArrayList<>())
                    .add(OffsetDateTime.parse(match.group(2), TIME).toEpochSecond());
            } else {
                malformed++;
            }
        }
        int sessions = 0;
        for (List<Long> visits : times.values()) {
            Collections.sort(visits);
            for (int visit = 0; visit < visits.size(); visit++) {
                sessions += visit == 0 || visits.get(visit) - visits.get(visit - 1) > IDLE_SECONDS ? 1 : 0;
            }
        }
        return new LogCount(lines.size(), malformed, times.size(), sessions);
    }
}
