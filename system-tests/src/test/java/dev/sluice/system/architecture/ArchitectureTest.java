package dev.sluice.system.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** Checks dependencies between modules and packages, and rejected package names. */
@AnalyzeClasses(packages = "dev.sluice", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final List<String> MODULES =
      List.of(
          "common",
          "api",
          "platform",
          "documents",
          "producer",
          "worker",
          "cli",
          "simulator",
          "client",
          "testkit",
          "bench");

  /** dev.sluice.module, a package and its sub-package. */
  private static final int MAX_LEVELS = 5;

  private static final int MAX_PARAMETERS = 7;
  private static final int MAX_COMPONENTS = 12;

  /**
   * Their components are the members of a JSON object of the API, of a setting or of a log line.
   */
  private static final Set<String> WIDE_RECORDS =
      Set.of(
          "BatchProgress",
          "BatchView",
          "Call",
          "DeadLetterView",
          "RoutePlan",
          "RouteSettings",
          "RouteStatus",
          "TaskSummary");

  private static final Set<String> VAGUE_NAMES =
      Set.of("util", "utils", "service", "model", "dto", "impl", "helper", "manager");

  @ArchTest static final ArchRule commonDependsOnNoOtherModule = dependsOnlyOn("common");

  @ArchTest static final ArchRule apiDependsOnNoOtherModule = dependsOnlyOn("api");

  @ArchTest static final ArchRule platformDependsOnlyOnCommon = dependsOnlyOn("platform", "common");

  @ArchTest static final ArchRule documentsDependsOnNoOtherModule = dependsOnlyOn("documents");

  @ArchTest
  static final ArchRule cliDependsOnlyOnApiAndDocuments = dependsOnlyOn("cli", "api", "documents");

  @ArchTest static final ArchRule simulatorDependsOnNoOtherModule = dependsOnlyOn("simulator");

  @ArchTest
  static final ArchRule workerDependsOnlyOnCommonAndPlatform =
      dependsOnlyOn("worker", "common", "platform");

  @ArchTest
  static final ArchRule producerDependsOnlyOnCommonApiPlatformAndDocuments =
      dependsOnlyOn("producer", "common", "api", "platform", "documents");

  @ArchTest static final ArchRule clientDependsOnlyOnCommon = dependsOnlyOn("client", "common");

  @ArchTest static final ArchRule testkitDependsOnNoOtherModule = dependsOnlyOn("testkit");

  @ArchTest
  static final ArchRule benchDependsOnlyOnTestkitSimulatorAndCommon =
      dependsOnlyOn("bench", "testkit", "simulator", "common");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.sluice.(*).(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule workerFeaturesDoNotDependOnTheRootPackage =
      featuresDoNotDependOnRoot("worker");

  @ArchTest
  static final ArchRule producerFeaturesDoNotDependOnTheRootPackage =
      featuresDoNotDependOnRoot("producer");

  @ArchTest
  static final ArchRule clientFeaturesDoNotDependOnTheRootPackage =
      featuresDoNotDependOnRoot("client");

  @ArchTest
  static final ArchRule cliFeaturesDoNotDependOnTheRootPackage = featuresDoNotDependOnRoot("cli");

  @ArchTest
  static final ArchRule simulatorFeaturesDoNotDependOnTheRootPackage =
      featuresDoNotDependOnRoot("simulator");

  @ArchTest
  static final ArchRule onlySluiceCliExitsTheProcess =
      noClasses()
          .that()
          .resideInAPackage("dev.sluice.cli..")
          .and()
          .doNotHaveSimpleName("SluiceCli")
          .should()
          .callMethod(System.class, "exit", int.class);

  @ArchTest
  static final ArchRule onlyTheHttpPackageOfTheSimulatorUsesJetty =
      noClasses()
          .that()
          .resideInAPackage("dev.sluice.simulator..")
          .and()
          .resideOutsideOfPackage("dev.sluice.simulator.http")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.eclipse.jetty..");

  @ArchTest
  static final ArchRule onlyTheExtractorProcessUsesParsers =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.sluice.documents.extractor..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.sluice.documents.extractor..", "org.apache.tika..");

  @ArchTest
  static final ArchRule onlyOneClassUsesSpringRetry =
      noClasses()
          .that()
          .doNotHaveSimpleName("ConnectionRetry")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.springframework.retry..");

  @ArchTest
  static final ArchRule settlementPolicyHasNoFrameworkOrIoDependencies =
      noClasses()
          .that()
          .haveSimpleNameEndingWith("SettlementPolicy")
          .or()
          .haveSimpleName("ReAskPolicy")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.springframework..", "com.rabbitmq..", "java.net.http..", "java.io..");

  @ArchTest static final ArchRule noFieldInjection = NO_CLASSES_SHOULD_USE_FIELD_INJECTION;

  @ArchTest
  static void everyPackageIsNullMarked(JavaClasses all) {
    assertThat(packages(all))
        .isNotEmpty()
        .allSatisfy(
            one ->
                assertThat(one.isAnnotatedWith(NullMarked.class))
                    .as("%s has a package-info with @NullMarked", one.getName())
                    .isTrue());
  }

  @ArchTest
  static void noPackageHasAVagueName(JavaClasses all) {
    assertThat(packages(all))
        .allSatisfy(one -> assertThat(one.getRelativeName()).isNotIn(VAGUE_NAMES));
  }

  @ArchTest
  static void packagesHaveAtMostTwoLevelsBelowTheirModule(JavaClasses all) {
    assertThat(packages(all))
        .allSatisfy(
            one -> assertThat(one.getName().split("\\.")).hasSizeLessThanOrEqualTo(MAX_LEVELS));
  }

  @ArchTest
  static void constructorsHaveAtMostSevenParameters(JavaClasses all) {
    assertThat(all)
        .filteredOn(one -> !one.isRecord())
        .flatExtracting(JavaClass::getConstructors)
        .filteredOn(one -> one.getRawParameterTypes().size() > MAX_PARAMETERS)
        .extracting(JavaConstructor::getFullName)
        .isEmpty();
  }

  @ArchTest
  static void onlyRecordsOfAnExternalFormatHaveMoreThanTwelveComponents(JavaClasses all) {
    assertThat(all)
        .filteredOn(JavaClass::isRecord)
        .filteredOn(
            one ->
                one.getFields().stream().filter(ArchitectureTest::isComponent).count()
                    > MAX_COMPONENTS)
        .extracting(JavaClass::getSimpleName)
        .containsExactlyInAnyOrderElementsOf(WIDE_RECORDS);
  }

  @ArchTest
  static void everyModuleIsAnalyzed(JavaClasses all) {
    assertThat(MODULES)
        .allSatisfy(
            module ->
                assertThat(all.that(resideInAPackage("dev.sluice." + module + ".."))).isNotEmpty());
  }

  private static Set<JavaPackage> packages(JavaClasses all) {
    return all.stream()
        .filter(one -> !one.getSimpleName().equals("package-info"))
        .map(JavaClass::getPackage)
        .collect(Collectors.toSet());
  }

  private static boolean isComponent(JavaField field) {
    return !field.getModifiers().contains(JavaModifier.STATIC);
  }

  private static ArchRule dependsOnlyOn(String module, String... others) {
    List<String> allowed = Stream.concat(Stream.of(module), Arrays.stream(others)).toList();
    String[] foreign =
        MODULES.stream()
            .filter(other -> !allowed.contains(other))
            .map(other -> "dev.sluice." + other + "..")
            .toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage("dev.sluice." + module + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(foreign);
  }

  private static ArchRule featuresDoNotDependOnRoot(String module) {
    return noClasses()
        .that()
        .resideInAPackage("dev.sluice." + module + ".*..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.sluice." + module);
  }
}
