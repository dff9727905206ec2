package dev.sluice.system.ship;

import static dev.sluice.system.ship.ShippedFiles.at;
import static dev.sluice.system.ship.ShippedFiles.list;
import static dev.sluice.system.ship.ShippedFiles.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.platform.route.RouteSettings;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks docker-compose.yml against the applications, because the tests run without Docker. */
class ComposeFileTest {
  private static final String COMPOSE = "docker-compose.yml";
  private static final String ROUTES = "docs/routes.example.yaml";

  /** Metaspace, code cache, threads and buffers of the producer. */
  private static final int NATIVE_MEBIBYTES = 300;

  private static final int EXTRACTOR_MEBIBYTES = 400;

  private final Object file = ShippedFiles.yaml(COMPOSE).getFirst();
  private final Dockerfile images = new Dockerfile(ShippedFiles.text("Dockerfile"));

  @Test
  void everyDependencyIsAService() {
    assertThat(map(file, "services").keySet().stream().map(Object::toString))
        .containsExactlyInAnyOrder(
            "rabbitmq", "postgres", "valkey", "producer", "worker", "simulator");
  }

  @Test
  void simulatorStartsOnRequestAndAnswersTheRoutesOfATryOut() {
    RouteSettings route = ShippedFiles.routes("docs/routes.simulator.yaml").getFirst();
    URI provider = Objects.requireNonNull(route.provider().url());

    assertThat(list(file, "services", "simulator", "profiles").toString()).isEqualTo("[simulator]");
    assertThat(provider.getHost()).isEqualTo("simulator");
    assertThat(images.last("simulator", "EXPOSE")).hasValue(String.valueOf(provider.getPort()));
    assertThat(ShippedFiles.text("launcher/compose"))
        .contains("COMPOSE_PROFILES=simulator SLUICE_ROUTES=./docs/routes.simulator.yaml");
  }

  @Test
  void exampleOfTheVariablesListsEachOne() {
    Set<String> variables = new TreeSet<>(Set.of("COMPOSE_PROFILES"));
    Pattern.compile("\\$\\{([A-Z_]+)")
        .matcher(ShippedFiles.text(COMPOSE))
        .results()
        .forEach(found -> variables.add(found.group(1)));
    Set<String> listed = new TreeSet<>();
    Pattern.compile("(?m)^#?([A-Z_]+)=")
        .matcher(ShippedFiles.text(".env.example"))
        .results()
        .forEach(found -> listed.add(found.group(1)));

    assertThat(listed).isEqualTo(variables);
    assertThat(ShippedFiles.text(".gitignore").lines()).contains(".env", ".env.provider");
  }

  @Test
  void onlyTheClientsOfAServiceReachIt() {
    assertThat(networks("postgres")).isEqualTo(networks("producer")).isEqualTo("[producers]");
    assertThat(networks("valkey")).isEqualTo(networks("worker")).isEqualTo("[workers]");
    assertThat(networks("rabbitmq")).isEqualTo("[producers, workers]");
    for (String service : List.of("rabbitmq", "postgres", "valkey", "worker", "simulator")) {
      assertThat(map(file, "services", service).containsKey("ports")).as(service).isFalse();
    }
  }

  @Test
  void heapsOfTheApplicationsAreLimited() {
    for (String service : List.of("producer", "worker")) {
      Object manifest =
          Manifests.named(Kustomization.render("k8s"), "Deployment", "sluice-" + service);
      String limit =
          at(manifest, "spec", "template", "spec", "containers", 0, "resources", "limits", "memory")
              .toString();
      assertThat(at(file, "services", service, "mem_limit") + "i").isEqualToIgnoringCase(limit);
    }
  }

  @Test
  void producerAndDocumentExtractorFitInTheContainer() {
    int limit = mebibytes(at(file, "services", "producer", "mem_limit").toString());
    Matcher heap =
        Pattern.compile("-XX:MaxRAMPercentage=(\\d+)")
            .matcher(images.last("producer", "ENTRYPOINT").orElseThrow());
    assertThat(heap.find()).isTrue();

    assertThat(
            limit * Integer.parseInt(heap.group(1)) / 100 + NATIVE_MEBIBYTES + EXTRACTOR_MEBIBYTES)
        .isLessThanOrEqualTo(limit);
    assertThat(ShippedFiles.text("docs/containers.md"))
        .contains("up to %d MiB".formatted(EXTRACTOR_MEBIBYTES));
  }

  @ParameterizedTest
  @CsvSource({
    "producer, dev.sluice.producer.ProducerProperties",
    "worker, dev.sluice.worker.WorkerProperties"
  })
  void everyVariableIsAKnownSetting(String service, String properties) {
    KnownSettings known = new KnownSettings(properties);

    assertThat(variables(service).keySet().stream().filter(ComposeFileTest::isForTheApplication))
        .isNotEmpty()
        .allSatisfy(name -> assertThat(known.contains(name)).as(name).isTrue());
  }

  @Test
  void unknownVariablesAreFound() {
    KnownSettings known = new KnownSettings("dev.sluice.worker.WorkerProperties");

    assertThat(known.contains("SLUICE_WORKER_NAME")).isTrue();
    assertThat(known.contains("SPRING_RABBITMQ_ADDRESSES")).isTrue();
    assertThat(known.contains("SLUICE_WORKER_NAMES")).isFalse();
    assertThat(known.contains("SPRING_RABBIT_ADDRESSES")).isFalse();
  }

  @Test
  void variablesOfTheRoutesFileAreSet() {
    Matcher named = Pattern.compile("\\$\\{([A-Z_]+)").matcher(ShippedFiles.text(ROUTES));
    assertThat(named.find()).isTrue();

    assertThat(variables("worker")).containsKey(named.group(1));
  }

  @Test
  void producerPortIsPublishedOnLoopbackOnly() {
    assertThat(list(file, "services", "producer", "ports").stream().map(Object::toString))
        .containsExactly(
            "127.0.0.1:${SLUICE_PORT:-8080}:" + images.environment("producer").get("SERVER_PORT"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rabbitmq", "postgres", "valkey"})
  void everyThirdPartyServiceHasAHealthCheck(String service) {
    List<?> command = list(file, "services", service, "healthcheck", "test");

    assertThat(command).hasSizeGreaterThan(1);
    // Each run of these programs starts an Erlang VM.
    assertThat(command.toString()).doesNotContain("rabbitmq-diagnostics", "rabbitmqctl");
  }

  @ParameterizedTest
  @ValueSource(strings = {"producer", "worker"})
  void applicationsUseHealthCheckAndUserOfTheirImage(String service) {
    assertThat(at(file, "services", service, "build", "target")).isEqualTo(service);
    assertThat(images.last(service, "HEALTHCHECK")).isPresent();
    assertThat(map(file, "services", service).keySet().stream().map(Object::toString))
        .doesNotContain("healthcheck", "user", "entrypoint", "command");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rabbitmq", "postgres", "valkey", "producer", "worker", "simulator"})
  void everyServiceIsReadOnlyAndUnprivileged(String service) {
    assertThat(at(file, "services", service, "read_only")).isEqualTo(true);
    assertThat(list(file, "services", service, "cap_drop").toString()).isEqualTo("[ALL]");
    assertThat(list(file, "services", service, "security_opt").toString())
        .isEqualTo("[no-new-privileges:true]");
    assertThat(list(file, "services", service, "tmpfs").toString()).contains("/tmp");
    assertThat(map(file, "services", service).keySet().stream().map(Object::toString))
        .doesNotContain("privileged", "cap_add", "pid", "network_mode");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rabbitmq", "postgres", "valkey"})
  void noThirdPartyServiceRunsAsRoot(String service) {
    assertThat(at(file, "services", service, "user")).isEqualTo(service);
  }

  @Test
  void workersCanBeScaled() {
    assertThat(map(file, "services", "worker").keySet().stream().map(Object::toString))
        .doesNotContain("ports", "container_name", "hostname");
    assertThat(variables("worker")).doesNotContainKey("SLUICE_WORKER_NAME");
    assertThat(at(file, "services", "worker", "deploy", "replicas"))
        .isEqualTo("${SLUICE_WORKERS:-1}");
  }

  @ParameterizedTest
  @CsvSource({"producer, rabbitmq", "producer, postgres", "worker, rabbitmq"})
  void applicationsWaitForHealthyDependencies(String service, String needed) {
    assertThat(at(file, "services", service, "depends_on", needed, "condition"))
        .isEqualTo("service_healthy");
  }

  @Test
  void brokerIsVersion4WithTheDelaySettingAndNoAdministrator() {
    assertThat(at(file, "services", "rabbitmq", "image").toString()).matches("rabbitmq:4\\.\\d+");
    assertThat(list(file, "services", "rabbitmq", "volumes").toString())
        .contains("./launcher/rabbitmq/advanced.config:/etc/rabbitmq/advanced.config")
        .contains(
            "./launcher/rabbitmq/default-user.conf:/etc/rabbitmq/conf.d/20-default-user.conf");
    assertThat(ShippedFiles.text("launcher/rabbitmq/default-user.conf"))
        .contains("default_user_tags.administrator = false");
    assertThat(ShippedFiles.text("launcher/rabbitmq/advanced.config"))
        .contains("dead_letter_worker_publisher_confirm_timeout, 5000");
  }

  @Test
  void mountedRoutesAreValid() {
    assertThat(ShippedFiles.routes(ROUTES)).isNotEmpty();
    assertThat(list(file, "services", "worker", "volumes").toString()).contains(ROUTES);
    assertThat(ShippedFiles.text("k8s/base/routes.yaml")).isEqualTo(ShippedFiles.text(ROUTES));
  }

  @Test
  void workerGracePeriodCoversTheLongestCall() {
    String grace = at(file, "services", "worker", "stop_grace_period").toString();

    assertThat(Integer.parseInt(grace.replace("s", ""))).isGreaterThan(120);
  }

  @Test
  void fileContainsNoSecrets() {
    for (Object service : map(file, "services").keySet()) {
      Object environment = ((Map<?, ?>) at(file, "services", service)).get("environment");
      if (environment instanceof Map<?, ?> variables) {
        variables.forEach(
            (name, value) -> {
              if (name.toString().matches(".*(PASS|PASSWORD|KEY)")) {
                assertThat(value.toString()).as(name.toString()).startsWith("${");
              }
            });
      }
    }
    assertThat(ShippedFiles.text(COMPOSE)).doesNotContain("guest");
  }

  private static int mebibytes(String limit) {
    return Integer.parseInt(limit.replaceFirst("m$", ""));
  }

  private static boolean isForTheApplication(String name) {
    return name.startsWith("SLUICE_") || name.startsWith("SPRING_") || name.startsWith("SERVER_");
  }

  private String networks(String service) {
    return list(file, "services", service, "networks").toString();
  }

  private Map<String, Object> variables(String service) {
    Map<String, Object> variables = new TreeMap<>();
    map(file, "services", service, "environment")
        .forEach((name, value) -> variables.put(name.toString(), value));
    return variables;
  }
}
