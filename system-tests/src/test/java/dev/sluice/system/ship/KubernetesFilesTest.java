package dev.sluice.system.ship;

import static dev.sluice.system.ship.Manifests.deploymentsOf;
import static dev.sluice.system.ship.Manifests.named;
import static dev.sluice.system.ship.Manifests.ofKind;
import static dev.sluice.system.ship.Manifests.variables;
import static dev.sluice.system.ship.ShippedFiles.at;
import static dev.sluice.system.ship.ShippedFiles.list;
import static dev.sluice.system.ship.ShippedFiles.map;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.producer.live.LiveSettings;
import dev.sluice.testkit.process.Checkout;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.convert.DurationStyle;
import org.yaml.snakeyaml.Yaml;

/** Checks the manifests against the applications, because the tests run without a cluster. */
class KubernetesFilesTest {
  private static final String DEV = "k8s/overlays/dev";
  private static final String PRODUCTION = "k8s/overlays/production";
  private static final String DESIRED = "sluice_route_workers_desired";
  private static final String ROUTES = "k8s/base/routes.yaml";
  private static final Pattern HASH = Pattern.compile("^(sluice-routes|rabbitmq)-[a-z0-9]{10}$");

  /** Time for settlement and shutdown after the longest call. */
  private static final Duration SETTLEMENT_TIME = Duration.ofSeconds(45);

  private final List<Map<String, Object>> dev = Kustomization.render(DEV);
  private final List<Map<String, Object>> production = Kustomization.render(PRODUCTION);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "k8s",
        DEV,
        PRODUCTION,
        "k8s/components/alerts",
        "k8s/components/backup",
        "k8s/components/gateway",
        "k8s/components/managed-services",
        "k8s/components/otlp",
        "k8s/components/private-provider"
      })
  void rendererMatchesKubectl(String folder) throws Exception {
    assumeTrue(kubectlHasKustomize(), "kubectl with kustomize 5 is not installed");

    assertThat(sorted(Kustomization.render(folder))).isEqualTo(sorted(kubectl(folder)));
  }

  @Test
  void failedPatchTestIsAnError() {
    assertThatThrownBy(
            () ->
                JsonPatch.apply(
                    Map.of("op", "test", "path", "/kind", "value", "Pod"), dev.getFirst()))
        .hasMessageContaining("finds");
  }

  @Test
  void rootFolderIsTheDevOverlay() {
    assertThat(Kustomization.render("k8s")).isEqualTo(dev);
  }

  @ParameterizedTest
  @CsvSource({
    "producer, dev.sluice.producer.ProducerProperties",
    "worker, dev.sluice.worker.WorkerProperties"
  })
  void everyVariableIsAKnownSetting(String container, String properties) {
    KnownSettings known = new KnownSettings(properties);

    assertThat(containers(container))
        .isNotEmpty()
        .allSatisfy(
            one ->
                assertThat(variables(one).keySet())
                    .filteredOn(name -> name.matches("(SLUICE|SPRING|SERVER)_.*"))
                    .hasSizeGreaterThan(4)
                    .allSatisfy(name -> assertThat(known.contains(name)).as(name).isTrue()));
  }

  @Test
  void variablesOfTheRoutesFileAreSet() {
    Set<String> named = new TreeSet<>();
    Pattern.compile("\\$\\{([A-Z_]+)")
        .matcher(ShippedFiles.text(ROUTES))
        .results()
        .forEach(found -> named.add(found.group(1)));

    assertThat(named).isNotEmpty();
    assertThat(containers("worker"))
        .allSatisfy(one -> assertThat(variables(one)).containsKeys(named.toArray(String[]::new)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"producer", "worker"})
  void probesUseTheServerPort(String name) {
    for (Object container : containers(name)) {
      Object port = at(variables(container), "SERVER_PORT", "value");

      assertThat(at(container, "ports", 0, "containerPort").toString()).isEqualTo(port);
      assertThat(ShippedFiles.text("Dockerfile")).contains("EXPOSE " + port);
      for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
        assertThat(at(container, probe, "httpGet", "port"))
            .isEqualTo(at(container, "ports", 0, "name"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"producer", "worker"})
  void livenessAndReadinessHaveSeparatePaths(String name) {
    for (Object container : containers(name)) {
      assertThat(at(container, "livenessProbe", "httpGet", "path"))
          .isEqualTo("/actuator/health/liveness");
      assertThat(at(container, "readinessProbe", "httpGet", "path"))
          .isEqualTo("/actuator/health/readiness");
    }
    // A broker or database that is away must not take all instances out of service.
    assertThat(
            ShippedFiles.text(name + "/src/main/resources/application.yaml")
                .lines()
                .filter(line -> line.contains("endpoint.health.group")))
        .allSatisfy(
            line -> assertThat(line).endsWith("group.readiness.include: readinessState,loops"));
  }

  @Test
  void workerGracePeriodCoversTheLongestCall() {
    Duration longest =
        routes().stream()
            .map(route -> route.provider().callTimeout())
            .max(Comparator.naturalOrder())
            .orElseThrow();

    assertThat(pods("worker"))
        .isNotEmpty()
        .allSatisfy(
            pod ->
                assertThat(seconds(at(pod, "terminationGracePeriodSeconds")))
                    .isGreaterThanOrEqualTo(longest.plus(SETTLEMENT_TIME)));
  }

  @Test
  void producerGracePeriodCoversTheLongestLiveCall() {
    Duration longest =
        new Binder().bindOrCreate("sluice.live", Bindable.of(LiveSettings.class)).timeout();
    String phase =
        at(
                ShippedFiles.yaml("producer/src/main/resources/application.yaml").getFirst(),
                "spring",
                "lifecycle.timeout-per-shutdown-phase")
            .toString();

    assertThat(DurationStyle.detectAndParse(phase)).isGreaterThan(longest);
    assertThat(pods("producer"))
        .isNotEmpty()
        .allSatisfy(
            pod ->
                assertThat(seconds(at(pod, "terminationGracePeriodSeconds")))
                    .isGreaterThanOrEqualTo(
                        longest
                            .plus(
                                seconds(
                                    at(
                                        pod,
                                        "containers",
                                        0,
                                        "lifecycle",
                                        "preStop",
                                        "sleep",
                                        "seconds")))
                            .plus(SETTLEMENT_TIME)));
  }

  @Test
  void manifestsContainNoSecrets() {
    for (List<Map<String, Object>> all : List.of(dev, production)) {
      assertThat(all).noneMatch(one -> Kustomization.kind(one).equals("Secret"));
      for (Object container :
          Manifests.pods(all).flatMap(pod -> list(pod, "containers").stream()).toList()) {
        variables(container)
            .forEach(
                (name, variable) -> {
                  if (name.matches(".*(PASS|PASSWORD|KEY|URL)")) {
                    assertThat(at(variable, "valueFrom", "secretKeyRef", "name"))
                        .as(name)
                        .isNotNull();
                  }
                });
      }
    }
  }

  @Test
  void readmeCreatesEveryReferencedSecretKey() {
    Set<String> asked = new TreeSet<>();
    for (List<Map<String, Object>> all : List.of(dev, production)) {
      all.forEach(one -> secretKeys(one, asked));
    }

    assertThat(asked).contains("api-key", "openai-api-key", "metrics-key");
    assertThat(asked)
        .allSatisfy(
            key ->
                assertThat(ShippedFiles.text("k8s/README.md")).contains("--from-literal=" + key));
  }

  @Test
  void everyPodIsUnprivilegedAndReadOnly() {
    assertThat(Manifests.pods(dev).map(pod -> at(pod, "containers", 0)))
        .hasSize(5)
        .allSatisfy(
            container ->
                assertThat(at(container, "securityContext", "readOnlyRootFilesystem"))
                    .isEqualTo(true));
    assertThat(Stream.concat(pods("producer").stream(), pods("worker").stream()))
        .allSatisfy(
            pod -> {
              Object container = at(pod, "containers", 0);
              assertThat(at(pod, "automountServiceAccountToken")).isEqualTo(false);
              assertThat(at(pod, "securityContext", "runAsNonRoot")).isEqualTo(true);
              assertThat(ShippedFiles.text("Dockerfile"))
                  .contains("USER " + at(pod, "securityContext", "runAsUser"));
              assertThat(at(container, "securityContext", "readOnlyRootFilesystem"))
                  .isEqualTo(true);
              assertThat(at(container, "securityContext", "allowPrivilegeEscalation"))
                  .isEqualTo(false);
              assertThat(list(container, "securityContext", "capabilities", "drop").toString())
                  .isEqualTo("[ALL]");
              assertThat(list(container, "volumeMounts").toString())
                  .contains("mountPath=/tmp")
                  .contains("mountPath=/etc/sluice, readOnly=true");
            });
  }

  @Test
  void everyPodIsInTheDefaultDenyPolicy() {
    for (List<Map<String, Object>> all : List.of(dev, production)) {
      Map<?, ?> denied =
          map(
              named(all, "NetworkPolicy", "sluice-default-deny"),
              "spec",
              "podSelector",
              "matchLabels");
      assertThat(ofKind(all, "Deployment"))
          .hasSizeGreaterThan(1)
          .allSatisfy(
              one ->
                  assertThat(
                          map(one, "spec", "template", "metadata", "labels")
                              .entrySet()
                              .containsAll(denied.entrySet()))
                      .isTrue());
    }
  }

  @Test
  void workerReachesOnlyBrokerRedisAndProvider() {
    Object policy = named(production, "NetworkPolicy", "sluice-worker");

    assertThat(list(policy, "spec", "egress").stream().map(one -> at(one, "ports", 0, "port")))
        .containsExactly(5672, 6379, 443);
    assertThat(map(policy, "spec").keySet().toString()).doesNotContain("ingress");
    assertThat(list(policy, "spec", "policyTypes").toString()).isEqualTo("[Ingress, Egress]");
  }

  @Test
  void everyBudgetAndServiceSelectsExistingPods() {
    for (List<Map<String, Object>> all : List.of(dev, production)) {
      for (Map<String, Object> one : ofKind(all, "PodDisruptionBudget")) {
        Map<?, ?> selected = map(one, "spec", "selector", "matchLabels");
        List<Map<String, Object>> clusters =
            ofKind(all, "RabbitmqCluster").stream()
                .filter(
                    cluster ->
                        selected.equals(
                            Map.of("app.kubernetes.io/name", Kustomization.name(cluster))))
                .toList();
        assertThat(deploymentsOf(all, selected).size() + clusters.size()).isEqualTo(1);
      }
      for (Map<String, Object> one : ofKind(all, "Service")) {
        assertThat(deploymentsOf(all, map(one, "spec", "selector"))).hasSize(1);
      }
    }
  }

  @Test
  void eachRouteHasItsOwnScaledWorkers() {
    Object service = named(production, "Service", "sluice-producer");
    String producer =
        "http://sluice-producer.%s.svc:%s"
            .formatted(
                at(service, "metadata", "namespace"), at(service, "spec", "ports", 0, "port"));
    assertThat(routes()).isNotEmpty();
    for (RouteSettings route : routes()) {
      Object scaled = named(production, "ScaledObject", "sluice-worker-" + route.name());
      Object deployment =
          named(production, "Deployment", at(scaled, "spec", "scaleTargetRef", "name").toString());
      Object container = at(deployment, "spec", "template", "spec", "containers", 0);
      List<?> triggers = list(scaled, "spec", "triggers");

      assertThat(at(variables(container), "SLUICE_WORKER_ROUTES", "value")).isEqualTo(route.name());
      assertThat(map(deployment, "spec").keySet().toString()).doesNotContain("replicas");
      assertThat(at(triggers, 0, "metadata", "url")).isEqualTo(producer + "/actuator/prometheus");
      assertThat(at(triggers, 0, "metadata", "format")).isEqualTo("prometheus");
      assertThat(at(triggers, 0, "metadata", "valueLocation"))
          .isEqualTo("%s{route=\"%s\"}".formatted(DESIRED, route.name()));
      assertThat(at(triggers, 1, "metadata", "queueName"))
          .isEqualTo(QueueNames.tasks(route.name(), Lane.BATCH));
      assertThat(at(triggers, 2, "metadata", "queueName"))
          .isEqualTo(QueueNames.tasks(route.name(), Lane.LIVE));
      for (Object trigger : triggers.subList(1, 3)) {
        assertThat(at(trigger, "metadata", "protocol")).isEqualTo("http");
        assertThat(at(trigger, "metadata", "excludeUnacknowledged")).isEqualTo("false");
        assertThat(at(trigger, "metadata", "host").toString())
            .startsWith("http://%s.".formatted(name("RabbitmqCluster")));
      }
      assertThat(
              Pattern.compile("[a-z]+")
                  .matcher(at(scaled, "spec", "advanced", "scalingModifiers", "formula").toString())
                  .results()
                  .map(word -> word.group())
                  .filter(word -> !word.equals("min")))
          .containsExactlyInAnyOrderElementsOf(
              triggers.stream().map(trigger -> at(trigger, "name").toString()).toList());
      assertThat(triggers)
          .allSatisfy(
              trigger ->
                  named(
                      production,
                      "TriggerAuthentication",
                      at(trigger, "authenticationRef", "name").toString()));
    }
    assertThat(ofKind(production, "ScaledObject")).hasSameSizeAs(routes());
    assertThat(ShippedFiles.text("docs/metrics.md")).contains("| `" + DESIRED + "` |");
  }

  @Test
  void autoscalerHasNeitherAdministratorsRightsNorAProjectKey() {
    Set<String> secrets = new TreeSet<>();
    for (Map<String, Object> one : ofKind(production, "TriggerAuthentication")) {
      list(one, "spec", "secretTargetRef")
          .forEach(ref -> secrets.add(at(ref, "name") + "/" + at(ref, "key")));
    }

    assertThat(secrets)
        .containsExactly("sluice-scaler/password", "sluice-scaler/username", "sluice/metrics-key");
    assertThat(ShippedFiles.text("k8s/README.md"))
        .contains(
            "create secret generic sluice-scaler",
            "--from-literal=username=",
            "rabbitmqctl set_user_tags sluice-scaler management",
            "rabbitmqctl set_permissions sluice-scaler '^$' '^$' '^$'");
  }

  @Test
  void brokersHaveTheDelaySettingAndNoAdministrator() {
    String needed = ShippedFiles.text("launcher/rabbitmq/advanced.config");
    Object cluster = ofKind(production, "RabbitmqCluster").getFirst();

    assertThat(at(cluster, "spec", "rabbitmq", "advancedConfig")).isEqualTo(needed);
    assertThat(at(named(dev, "ConfigMap", "rabbitmq"), "data", "advanced.config"))
        .isEqualTo(needed);
    assertThat(at(cluster, "spec", "replicas")).isEqualTo(3);
    String user = ShippedFiles.text("launcher/rabbitmq/default-user.conf");
    assertThat(at(named(dev, "ConfigMap", "rabbitmq"), "data", "default-user.conf"))
        .isEqualTo(user);
    assertThat(at(cluster, "spec", "rabbitmq", "additionalConfig").toString())
        .contains(user.lines().filter(line -> !line.startsWith("#")).toList());
  }

  @Test
  void imagesMatchTheComposeFile() {
    Object compose = ShippedFiles.yaml("docker-compose.yml").getFirst();

    for (String name : List.of("rabbitmq", "postgres", "valkey")) {
      Object image = at(compose, "services", name, "image");
      assertThat(
              at(
                  named(dev, "Deployment", name),
                  "spec",
                  "template",
                  "spec",
                  "containers",
                  0,
                  "image"))
          .isEqualTo(image);
    }
    // KEDA reads the management API.
    assertThat(at(ofKind(production, "RabbitmqCluster").getFirst(), "spec", "image"))
        .isEqualTo(at(compose, "services", "rabbitmq", "image") + "-management");
    for (String name : List.of("producer", "worker")) {
      assertThat(
              at(
                  named(dev, "Deployment", "sluice-" + name),
                  "spec",
                  "template",
                  "spec",
                  "containers",
                  0,
                  "image"))
          .isEqualTo(at(compose, "services", name, "image"));
    }
  }

  @Test
  void podMonitorsScrapeTheMetricsPort() {
    assertThat(ofKind(production, "PodMonitor"))
        .hasSize(2)
        .allSatisfy(
            one -> {
              Object endpoint = at(one, "spec", "podMetricsEndpoints", 0);
              assertThat(at(endpoint, "path")).isEqualTo("/actuator/prometheus");
              for (Map<String, Object> deployment :
                  deploymentsOf(production, map(one, "spec", "selector", "matchLabels"))) {
                assertThat(
                        at(
                            deployment,
                            "spec",
                            "template",
                            "spec",
                            "containers",
                            0,
                            "ports",
                            0,
                            "name"))
                    .isEqualTo(at(endpoint, "port"));
              }
            });
  }

  private static List<RouteSettings> routes() {
    return ShippedFiles.routes(ROUTES);
  }

  private static Duration seconds(Object number) {
    return Duration.ofSeconds(Long.parseLong(number.toString()));
  }

  private String name(String kind) {
    return Kustomization.name(ofKind(production, kind).getFirst());
  }

  /** The pods of both overlays. */
  private List<Object> pods(String container) {
    return Stream.of(dev, production)
        .flatMap(Manifests::pods)
        .filter(pod -> at(pod, "containers", 0, "name").equals(container))
        .toList();
  }

  private List<Object> containers(String name) {
    return pods(name).stream().map(pod -> at(pod, "containers", 0)).toList();
  }

  /** The keys of the Secret that a user creates. */
  private static void secretKeys(Object node, Set<String> keys) {
    switch (node) {
      case Map<?, ?> map -> {
        if ("sluice".equals(map.get("name")) && map.get("key") instanceof String key) {
          keys.add(key);
        }
        map.values().forEach(value -> secretKeys(value, keys));
      }
      case List<?> list -> list.forEach(value -> secretKeys(value, keys));
      default -> {}
    }
  }

  private static boolean kubectlHasKustomize() {
    try {
      return run("kubectl", "version", "--client").contains("Kustomize Version: v5");
    } catch (IOException missing) {
      return false;
    }
  }

  private static List<Map<String, Object>> kubectl(String folder) throws IOException {
    List<Map<String, Object>> manifests = new ArrayList<>();
    for (Object one :
        new Yaml()
            .loadAll(run("kubectl", "kustomize", Checkout.root().resolve(folder).toString()))) {
      Map<String, Object> manifest = new LinkedHashMap<>();
      map(withoutHash(one)).forEach((key, value) -> manifest.put(key.toString(), value));
      manifests.add(manifest);
    }
    return manifests;
  }

  private static Object withoutHash(Object node) {
    return switch (node) {
      case Map<?, ?> map -> {
        Map<Object, Object> without = new LinkedHashMap<>();
        map.forEach((key, value) -> without.put(key, withoutHash(value)));
        yield without;
      }
      case List<?> list -> list.stream().map(KubernetesFilesTest::withoutHash).toList();
      case String text -> HASH.matcher(text).replaceAll("$1");
      default -> node;
    };
  }

  private static List<Map<String, Object>> sorted(List<Map<String, Object>> all) {
    return all.stream()
        .sorted(
            Comparator.comparing((Map<String, Object> one) -> Kustomization.kind(one))
                .thenComparing(Kustomization::name))
        .toList();
  }

  private static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IOException(
            String.join(" ", command)
                + ": "
                + new String(process.getErrorStream().readAllBytes(), UTF_8));
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    return output;
  }
}
