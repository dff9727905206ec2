package dev.sluice.simulator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "dev.sluice.simulator",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule FEATURES_HAVE_NO_CYCLES =
      slices().matching("dev.sluice.simulator.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule NO_FEATURE_KNOWS_THE_ROOT =
      noClasses()
          .that()
          .resideInAPackage("dev.sluice.simulator.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.sluice.simulator");

  @ArchTest
  static final ArchRule ONLY_HTTP_KNOWS_JETTY =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.sluice.simulator.http")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.eclipse.jetty..");
}
