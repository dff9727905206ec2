package dev.sluice.system.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks of the images that {@code ImageIT} does not make, or makes only where it can run. */
class DockerfileTest {
  private final Dockerfile file = new Dockerfile(ShippedFiles.text("Dockerfile"));
  private final List<String> ignore =
      ShippedFiles.text(".dockerignore").lines().filter(line -> !line.startsWith("#")).toList();

  @ParameterizedTest
  @ValueSource(strings = {"producer", "worker", "simulator", "cli"})
  void imagesRunAsUnprivilegedUser(String image) {
    assertThat(file.last(image, "USER")).hasValue("10001");
    assertThat(file.last(image, "ENTRYPOINT")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"producer", "worker"})
  void layersAreLibrariesThenApplicationThenCache(String image) {
    List<String> copied = file.all(image, "COPY");

    assertThat(copied)
        .endsWith(
            "--from=build /layers/%s/dependencies/ ./".formatted(image),
            "--from=build /layers/%s/application/ ./".formatted(image),
            "--from=%s-training /tmp/app.aot ./".formatted(image));
    assertThat(file.last(image, "ENTRYPOINT").orElseThrow()).contains("-XX:AOTCache=app.aot");
  }

  @ParameterizedTest
  @ValueSource(strings = {"producer", "worker"})
  void trainingUsesTheCommandOfTheEntrypoint(String image) {
    String command = file.last(image, "ENTRYPOINT").orElseThrow().replaceAll("[\\[\\],\"]", "");

    assertThat(command)
        .startsWith("java @/opt/sluice/java.options ")
        .contains(" -XX:AOTCache=app.aot ")
        .endsWith(" -jar app.jar");
    assertThat(file.last(image + "-training", "RUN").orElseThrow())
        .endsWith(" " + command.replace("-XX:AOTCache=app.aot ", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "producer, dev.sluice.producer.ProducerProperties",
    "worker, dev.sluice.worker.WorkerProperties"
  })
  void healthCheckUsesTheServerPort(String image, String properties) {
    KnownSettings known =
        new KnownSettings(properties)
            .and("sluice.documents", "dev.sluice.producer.file.document.DocumentSettings");

    assertThat(file.environment(image).keySet())
        .isNotEmpty()
        .allSatisfy(name -> assertThat(known.contains(name)).as(name).isTrue());
    assertThat(file.environment(image))
        .containsEntry("SERVER_ADDRESS", "0.0.0.0")
        .containsEntry("SERVER_PORT", file.last(image, "EXPOSE").orElseThrow());
    assertThat(file.last(image, "HEALTHCHECK").orElseThrow())
        .endsWith("CMD [\"/opt/sluice/healthy\"]");
    assertThat(ShippedFiles.text("launcher/image/healthy"))
        .contains("is_ready \"${MANAGEMENT_SERVER_PORT:-$SERVER_PORT}\"");
    assertThat(ShippedFiles.text("launcher/http.sh")).contains("/actuator/health/readiness");
  }

  @ParameterizedTest
  @ValueSource(strings = {"producer", "cli"})
  void imagesHaveTheDocumentExtractor(String image) {
    assertThat(file.all(image, "COPY")).contains("--from=build /layers/documents/ ./documents/");
    assertThat(file.environment(image))
        .containsEntry("SLUICE_DOCUMENTS_JAR", "/opt/sluice/app/documents/app.jar");
  }

  @Test
  void fileContainsNoSecrets() {
    assertThat(file.stages())
        .isNotEmpty()
        .allSatisfy(
            stage -> {
              assertThat(file.environment(stage).keySet())
                  .noneMatch(name -> name.matches(".*(PASS|PASSWORD|KEY|SECRET|TOKEN|URL)"));
              assertThat(file.all(stage, "ARG")).isEmpty();
            });
  }

  @Test
  void buildContextHasOnlyListedFiles() {
    assertThat(ignore.getFirst()).isEqualTo("*");
    assertThat(ignore.stream().skip(1)).allMatch(line -> line.matches("!.+|\\*\\*/.+"));
    assertThat(ignore).contains("**/target").allSatisfy(line -> assertThat(exists(line)).isTrue());
  }

  @Test
  void buildContextHasEveryMavenModule() {
    Matcher module = Pattern.compile("<module>(.+)</module>").matcher(ShippedFiles.text("pom.xml"));

    assertThat(module.results().map(found -> found.group(1)))
        .isNotEmpty()
        .allSatisfy(name -> assertThat(ignore).containsAnyOf("!" + name, "!" + name + "/pom.xml"));
  }

  @Test
  void copiedFilesExist() {
    List<String> sources =
        file.stages().stream()
            .flatMap(stage -> file.all(stage, "COPY").stream())
            .filter(copied -> !copied.startsWith("--from="))
            .flatMap(copied -> List.of(copied.split("\\s+", -1)).reversed().stream().skip(1))
            .toList();

    assertThat(sources).contains("launcher/http.sh").allMatch(ShippedFiles::exists);
  }

  private static boolean exists(String ignored) {
    return !ignored.startsWith("!") || ShippedFiles.exists(ignored.substring(1));
  }
}
