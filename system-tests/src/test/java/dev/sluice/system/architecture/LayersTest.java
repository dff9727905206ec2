package dev.sluice.system.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks the direction of the dependencies between the packages of a module. */
@AnalyzeClasses(packages = "dev.sluice", importOptions = DoNotIncludeTests.class)
class LayersTest {
  /**
   * The packages of each module by layer, from the lowest. A package may depend on those of its own
   * layer, without cycles, and on those of the layers below.
   */
  private static final Map<String, List<List<String>>> LAYERS =
      Map.of(
          "producer",
          List.of(
              List.of("infrastructure", "web"),
              List.of("access"),
              List.of("store"),
              List.of(
                  "batch",
                  "deadletter",
                  "dispatch",
                  "file",
                  "history",
                  "live",
                  "quota",
                  "route",
                  "webhook"),
              List.of("overview")),
          "worker",
          List.of(
              List.of("limit", "provider"),
              List.of("check", "classify", "fleet", "guard", "live", "telemetry", "tier"),
              List.of("settle"),
              List.of("consume")),
          "cli",
          List.of(
              List.of("json", "terminal"),
              List.of("client", "file"),
              List.of("watch"),
              List.of("batch"),
              List.of("map", "summarize"),
              List.of("command"),
              List.of("mcp")));

  private static final Pattern PACKAGE = Pattern.compile("dev\\.sluice\\.(\\w+)\\.(\\w+).*");

  @ArchTest
  static final ArchRule topPackagesHaveNoCycles =
      slices().matching("dev.sluice.(*).(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule storeKnowsNoWeb =
      noClasses()
          .that()
          .resideInAPackage("dev.sluice.producer.store..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.sluice.producer.web..");

  @ArchTest
  static void packagesDoNotDependOnHigherLayers(JavaClasses all) {
    LAYERS.forEach(
        (module, layers) -> {
          for (int i = 0; i < layers.size() - 1; i++) {
            noClasses()
                .that()
                .resideInAnyPackage(names(module, layers.subList(i, i + 1)))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(names(module, layers.subList(i + 1, layers.size())))
                .check(all);
          }
        });
  }

  @ArchTest
  static void everyPackageIsInALayer(JavaClasses all) {
    LAYERS.forEach(
        (module, layers) ->
            assertThat(
                    all.stream()
                        .map(one -> PACKAGE.matcher(one.getPackageName()))
                        .filter(Matcher::matches)
                        .filter(name -> name.group(1).equals(module))
                        .map(name -> name.group(2)))
                .isSubsetOf(layers.stream().flatMap(List::stream).toList()));
  }

  private static String[] names(String module, List<List<String>> layers) {
    return layers.stream()
        .flatMap(List::stream)
        .map(name -> "dev.sluice.%s.%s..".formatted(module, name))
        .toArray(String[]::new);
  }
}
