package io.openclickstream.flight;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The packages of the gateway")
class PackagesTest {
    private static final String ROOT = "io.openclickstream.flight.";
    private final JavaClasses ours = new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.openclickstream.flight");

    @Test
    @DisplayName("depend on each other in no circle")
    void circles() {
        slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(ours);
    }

    @Test
    @DisplayName("know Iceberg only where files are read, and who puts the gateway together")
    void iceberg() {
        noClasses().that().resideOutsideOfPackages(ROOT + "direct..", ROOT + "server..")
            .should().dependOnClassesThat().resideInAnyPackage("org.apache.iceberg..").check(ours);
        noClasses().that().resideInAnyPackage(ROOT + "types..", ROOT + "vectors..", ROOT + "trino..")
            .should().dependOnClassesThat().resideInAnyPackage("org.apache.arrow.flight..").check(ours);
    }
}
