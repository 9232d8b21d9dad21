package io.openclickstream.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A program of ours as a process of its own, as it runs in a pod whose driver works alone. */
public final class SparkProgram {
    /**
     * Spark's classes as a JVM has them when it read and verified them once; a start with it takes a third less processor time. The first process of a
     * test run that is not killed writes it. One of an earlier run is of other jars, perhaps.
     */
    private static final Path CLASS_ARCHIVE = Path.of("target", "spark-classes.jsa").toAbsolutePath();

    static {
        try {
            Files.deleteIfExists(CLASS_ARCHIVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SparkProgram() {
    }

    /**
     * A program that was not started yet. What it prints goes into a file.
     *
     * @param folder for its files
     * @param log what it prints
     * @param program the name of its class, then its arguments
     */
    public static ProcessBuilder of(Path folder, Path log, List<String> program) {
        List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java")));
        // Starts in half the processor time; these programs do not live long enough to gain by more.
        command.addAll(List.of("-Xmx700m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.add((Files.exists(CLASS_ARCHIVE) ? "-XX:SharedArchiveFile=" : "-XX:ArchiveClassesAtExit=") + CLASS_ARCHIVE);
        command.add("-Xlog:cds*=off");
        command.addAll(List.of(System.getProperty("spark.jvm.options").split(" ")));
        command.addAll(List.of(
            "-Dspark.master=local[2]",
            "-Dspark.local.dir=" + folder.resolve("spark"),
            "-Dspark.driver.bindAddress=127.0.0.1",
            "-Dspark.driver.host=127.0.0.1",
            "-Dlog4j2.configurationFile=" + System.getProperty("job.log.configuration"),
            "-cp", jars()));
        command.addAll(program);
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    }

    /** As in the image: without the folders of the tests, which an archive of classes cannot have either. */
    private static String jars() {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Stream.of(path.split(File.pathSeparator)).filter(part -> part.endsWith(".jar")).collect(Collectors.joining(File.pathSeparator));
    }
}
