package dev.sluice.system.ship;

import static dev.sluice.system.ship.ShippedFiles.at;
import static dev.sluice.system.ship.ShippedFiles.list;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.PATH;

import dev.sluice.producer.live.LiveSettings;
import dev.sluice.testkit.process.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.convert.DurationStyle;

/** Checks the optional parts in {@code k8s/components}. */
class KubernetesComponentsTest {
  private static final String COMPONENTS = "k8s/components";
  private static final String BACKUP = "sluice-backup";

  @Test
  void readmeNamesEveryComponent() throws IOException {
    try (Stream<Path> folders = Files.list(Checkout.root().resolve(COMPONENTS))) {
      assertThat(folders.map(folder -> "`" + folder.getFileName() + "`"))
          .hasSize(6)
          .allSatisfy(name -> assertThat(ShippedFiles.text("k8s/README.md")).contains(name));
    }
  }

  @Test
  void alertsAreTheRulesOfTheDocumentation() {
    Object rule = Kustomization.render(COMPONENTS + "/alerts").getFirst();

    assertThat(at(rule, "spec", "groups"))
        .isEqualTo(at(ShippedFiles.yaml("docs/monitoring/sluice-rules.yaml").getFirst(), "groups"));
  }

  @Test
  void dashboardIsTheFileOfTheDocumentation() {
    Map<String, Object> dashboard = Kustomization.render("docs/monitoring").getFirst();

    assertThat(at(dashboard, "data", "sluice-dashboard.json"))
        .isEqualTo(ShippedFiles.text("docs/monitoring/sluice-dashboard.json"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"managed-services", "private-provider"})
  void unchangedPlaceholdersAllowNoTraffic(String component) {
    for (Object policy : Kustomization.render(COMPONENTS + "/" + component)) {
      for (Object rule : list(policy, "spec", "egress")) {
        assertThat(list(rule, "to"))
            .isEqualTo(List.of(Map.of("ipBlock", Map.of("cidr", "192.0.2.0/24"))));
      }
    }
  }

  @Test
  void backupIsMadeByTheVersionOfTheDatabase() {
    Object job = Manifests.named(Kustomization.render(COMPONENTS + "/backup"), "CronJob", BACKUP);
    Object compose = ShippedFiles.yaml("docker-compose.yml").getFirst();
    Object pod = at(job, "spec", "jobTemplate", "spec", "template", "spec");

    assertThat(at(pod, "containers", 0, "image"))
        .isEqualTo(at(compose, "services", "postgres", "image"));
    assertThat(Manifests.variables(at(pod, "containers", 0)).values())
        .hasSize(3)
        .allSatisfy(
            variable ->
                assertThat(ShippedFiles.text("k8s/README.md"))
                    .contains(
                        "--from-literal=" + at(variable, "valueFrom", "secretKeyRef", "key")));
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://db:5432/sluice, postgresql://db:5432/sluice",
    "jdbc:postgresql://db/s?currentSchema=a&socketTimeout=9, postgresql://db/s",
    "jdbc:postgresql://db/s?sslmode=verify-full&prepareThreshold=0&sslrootcert=/tls/ca.crt, postgresql://db/s?sslmode=verify-full&sslrootcert=/tls/ca.crt"
  })
  void backupUsesTheParametersThatItsDatabaseClientKnows(
      String url, String expected, @TempDir Path folder) throws Exception {
    Object job = Manifests.named(Kustomization.render(COMPONENTS + "/backup"), "CronJob", BACKUP);
    Object pod = at(job, "spec", "jobTemplate", "spec", "template", "spec");
    List<String> command =
        new ArrayList<>(
            list(pod, "containers", 0, "command").stream().map(Object::toString).toList());
    // Writes its third argument to the file of the second.
    String dump = "pg_dump() { printf %s \"$3\" >\"${2#--file=}\"; }\n";
    command.add(dump + command.removeLast().replace("/backup", folder.toString()));
    ProcessBuilder backup = new ProcessBuilder(command).inheritIO();
    backup.environment().put("DATABASE_URL", url);

    assertThat(backup.start().waitFor()).isZero();

    try (Stream<Path> dumps = Files.list(folder)) {
      assertThat(dumps)
          .singleElement(as(PATH))
          .hasExtension("dump")
          .hasContent("--dbname=" + expected);
    }
  }

  @Test
  void gatewayWaitsLongerThanTheLongestLiveCall() {
    Object route = Kustomization.render(COMPONENTS + "/gateway").getFirst();
    Object timeouts = at(route, "spec", "rules", 0, "timeouts");

    for (String name : List.of("request", "backendRequest")) {
      assertThat(DurationStyle.detectAndParse(at(timeouts, name).toString()))
          .isGreaterThan(
              new Binder().bindOrCreate("sluice.live", Bindable.of(LiveSettings.class)).timeout());
    }
    assertThat(at(route, "spec", "rules", 0, "backendRefs", 0, "name"))
        .isEqualTo("sluice-producer");
  }
}
