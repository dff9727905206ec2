package dev.sluice.system.ship;

import static dev.sluice.system.ship.ShippedFiles.at;
import static dev.sluice.system.ship.ShippedFiles.list;
import static dev.sluice.system.ship.ShippedFiles.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.process.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the files of the repository against the build that they describe. */
class RepositoryFilesTest {
  private static final Object CI = ShippedFiles.yaml(".github/workflows/ci.yml").getFirst();
  private static final String SPRING_EXAMPLE = "examples/spring-boot/pom.xml";
  private static final Object RELEASE =
      ShippedFiles.yaml(".github/workflows/release.yml").getFirst();

  @Test
  void ciRunsTheCompleteSuiteOnTheOldestAndTheShippedJdk() {
    assertThat(list(CI, "jobs", "test", "strategy", "matrix", "java"))
        .map(Object::toString)
        .contains(
            found("pom.xml", "<java.version>(\\d+)<"),
            found("Dockerfile", "FROM eclipse-temurin:(\\d+)-jdk"));
    assertThat(steps(CI, "test").toString()).contains(".ci/run");
    assertThat(ShippedFiles.text(".ci/run")).contains("./sluice test --all");
  }

  @ParameterizedTest
  @ValueSource(strings = {"images", "image-indexes"})
  void releaseHasEveryImage(String job) {
    Dockerfile images = new Dockerfile(ShippedFiles.text("Dockerfile"));
    List<String> shipped =
        images.stages().stream()
            .filter(stage -> images.last(stage, "ENTRYPOINT").isPresent())
            .toList();

    assertThat(list(RELEASE, "jobs", job, "strategy", "matrix", "target"))
        .map(Object::toString)
        .containsExactlyInAnyOrderElementsOf(shipped);
  }

  @Test
  void workflowsHaveTimeoutsAndNoMoreRightsThanTheyNeed() {
    for (Object workflow : List.of(CI, RELEASE)) {
      assertThat(map(workflow, "permissions")).isEqualTo(Map.of("contents", "read"));
      assertThat(map(workflow, "jobs").values())
          .allSatisfy(job -> assertThat(at(job, "timeout-minutes")).isInstanceOf(Integer.class));
    }
  }

  @Test
  void dependabotUpdatesEveryPackageFile() throws IOException {
    Set<String> folders = new TreeSet<>();
    for (Object update : list(ShippedFiles.yaml(".github/dependabot.yml").getFirst(), "updates")) {
      if (map(update).get("directories") instanceof List<?> all) {
        all.forEach(folder -> folders.add(folder.toString()));
      }
    }

    assertThat(folders).isEqualTo(foldersOf("package.json", "requirements.txt"));
  }

  @Test
  void springExampleHasTheVersionsOfTheBuild() {
    for (String pattern :
        List.of(
            "<artifactId>spring-boot-starter-parent</artifactId>\\s*<version>(.+)<",
            "<java.version>(\\d+)<")) {
      assertThat(found(SPRING_EXAMPLE, pattern)).isEqualTo(found("pom.xml", pattern));
    }
    assertThat(found(SPRING_EXAMPLE, "langchain4j-open-ai</artifactId>\\s*<version>(.+)<"))
        .isEqualTo(found("pom.xml", "<langchain4j.version>(.+)<"));
    String client = "<groupId>dev.sluice</groupId>\\s*<artifactId>client</artifactId>\\s*";
    String version = found("pom.xml", "<artifactId>sluice</artifactId>\\s*<version>(.+)<");
    assertThat(found(SPRING_EXAMPLE, client + "<version>(.+)<")).isEqualTo(version);
    assertThat(found("docs/java-client.md", client + "<version>(.+)<")).isEqualTo(version);
  }

  @Test
  void issueFormsAreComplete() {
    for (String form : List.of("bug", "feature")) {
      Object yaml = ShippedFiles.yaml(".github/ISSUE_TEMPLATE/" + form + ".yml").getFirst();
      assertThat(at(yaml, "name").toString()).isNotBlank();
      assertThat(list(yaml, "body"))
          .allSatisfy(field -> assertThat(at(field, "attributes", "label")).isNotNull());
    }
  }

  private static Set<String> foldersOf(String... names) throws IOException {
    Set<String> folders = new TreeSet<>();
    for (String root : List.of("examples", "system-tests/src", "bench")) {
      try (Stream<Path> files = Files.walk(Checkout.root().resolve(root))) {
        files
            .filter(file -> List.of(names).contains(file.getFileName().toString()))
            .filter(file -> !file.toString().contains("node_modules"))
            .map(file -> Checkout.root().relativize(file).getParent())
            .forEach(folder -> folders.add("/" + folder));
      }
    }
    return folders;
  }

  private static List<Object> steps(Object workflow, String job) {
    return new ArrayList<>(list(workflow, "jobs", job, "steps"));
  }

  private static String found(String file, String pattern) {
    return Pattern.compile(pattern)
        .matcher(ShippedFiles.text(file))
        .results()
        .findFirst()
        .orElseThrow()
        .group(1);
  }
}
