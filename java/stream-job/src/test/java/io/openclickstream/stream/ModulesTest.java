package io.openclickstream.stream;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Our modules and packages")
class ModulesTest {
    private static final String ROOT = "io.openclickstream.";
    /** The ground floor, on which every module may stand. */
    private static final List<String> GROUND = List.of("model", "offsets");

    private static JavaClasses ours;

    @BeforeAll
    static void read() {
        ours = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.openclickstream");
        for (String module : List.of("model", "offsets", "lake", "kafka", "service", "profiles", "stream", "batch")) {
            assertTrue(ours.stream().anyMatch(one -> one.getPackageName().startsWith(ROOT + module)), "no classes of " + module);
        }
    }

    @Test
    @DisplayName("depend on each other in no circle")
    void circles() {
        slices().matching(ROOT + "(**)").should().beFreeOfCycles().check(ours);
    }

    @ParameterizedTest(name = "{0} depends on none of ours but the ground floor")
    @ValueSource(strings = {"model", "offsets", "lake", "kafka", "service", "profiles"})
    void floors(String module) {
        String[] allowed = Stream.concat(GROUND.stream(), Stream.of(module)).map(name -> ROOT + name + "..").toArray(String[]::new);
        classes().that().resideInAPackage(ROOT + module + "..")
            .should().onlyDependOnClassesThat(
                resideOutsideOfPackage("io.openclickstream..")
                    .or(resideInAnyPackage(allowed)))
            .check(ours);
    }

    @Test
    @DisplayName("know Spark only in the jobs that run on it")
    void spark() {
        noClasses().that().resideOutsideOfPackages(ROOT + "stream..", ROOT + "batch..")
            .should().dependOnClassesThat().resideInAnyPackage("org.apache.spark..", "scala..")
            .check(ours);
    }

    @Test
    @DisplayName("let the job that streams and the one that does not work without each other")
    void jobs() {
        noClasses().that().resideInAPackage(ROOT + "stream..").should().dependOnClassesThat().resideInAPackage(ROOT + "batch..").check(ours);
        noClasses().that().resideInAPackage(ROOT + "batch..").should().dependOnClassesThat().resideInAPackage(ROOT + "stream..").check(ours);
    }

    @ParameterizedTest(name = "{0} works without Spark, on records and rows alone")
    @ValueSource(strings = {"accesslog", "parse", "enrich", "rows"})
    void pure(String part) {
        noClasses().that().resideInAPackage(ROOT + "stream." + part + "..")
            .should().dependOnClassesThat().resideInAnyPackage("org.apache.spark..", "scala..", "org.apache.iceberg..", "org.apache.kafka..")
            .check(ours);
    }
}
