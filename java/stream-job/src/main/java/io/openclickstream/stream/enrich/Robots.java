package io.openclickstream.stream.enrich;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Tells robots by their user agents: by the list of crawler-user-agents (robots.tsv) and what it lacks (robots-own.tsv). */
final class Robots {
    /** The class of a robot of which no more is known. */
    static final String OTHER = "other";
    private static final String LEFT_OUT = "-";

    private record Robot(String robotClass, String expression, Pattern pattern) {
    }

    private static final List<Robot> ROBOTS = load();

    private Robots() {
    }

    /** What the robot is for; null when the user agent is of none that is known. */
    static String classOf(String userAgent) {
        for (Robot robot : ROBOTS) {
            if (robot.pattern().matcher(userAgent).find()) {
                return robot.robotClass();
            }
        }
        return null;
    }

    private static List<Robot> load() {
        List<Robot> own = read("/robots-own.tsv");
        Set<String> leftOut = new HashSet<>();
        List<Robot> robots = new ArrayList<>();
        for (Robot robot : own) {
            if (robot.robotClass().equals(LEFT_OUT)) {
                leftOut.add(robot.expression());
            } else {
                robots.add(robot);
            }
        }
        List<Robot> listed = read("/robots.tsv");
        listed.stream().filter(robot -> !leftOut.contains(robot.expression())).forEach(robots::add);
        if (robots.size() != own.size() + listed.size() - 2 * leftOut.size()) {
            throw new IllegalStateException("robots-own.tsv leaves out an expression that robots.tsv does not have");
        }
        // What is listed says more of a robot than its name.
        robots.sort((one, other) -> Boolean.compare(one.robotClass().equals(OTHER), other.robotClass().equals(OTHER)));
        return List.copyOf(robots);
    }

    private static List<Robot> read(String resource) {
        List<Robot> robots = new ArrayList<>();
        InputStream stream = Robots.class.getResourceAsStream(resource);
        try (BufferedReader table = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = table.readLine(); line != null; line = table.readLine()) {
                int tab = line.indexOf('\t');
                if (!line.startsWith("#") && tab > 0) {
                    String expression = line.substring(tab + 1);
                    robots.add(new Robot(line.substring(0, tab), expression, Pattern.compile(expression)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(resource + " cannot be read", e);
        }
        return robots;
    }
}
