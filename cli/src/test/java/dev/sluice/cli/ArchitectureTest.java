package dev.sluice.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.sluice.cli", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule FEATURES_HAVE_NO_CYCLES =
      slices().matching("dev.sluice.cli.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule NO_FEATURE_KNOWS_THE_ROOT =
      noClasses()
          .that()
          .resideInAPackage("dev.sluice.cli.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.sluice.cli");

  @ArchTest
  static final ArchRule IT_KNOWS_NO_OTHER_MODULE =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.sluice.common..",
              "dev.sluice.producer..",
              "dev.sluice.worker..",
              "dev.sluice.simulator..");

  @ArchTest
  static final ArchRule ONLY_ONE_CLASS_READS_AND_ENDS_THE_PROCESS =
      noClasses()
          .that()
          .doNotHaveSimpleName("SluiceCli")
          .should()
          .callMethod(System.class, "exit", int.class);
}
