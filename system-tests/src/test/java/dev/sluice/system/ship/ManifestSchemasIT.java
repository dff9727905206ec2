package dev.sluice.system.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** Checks the manifests against the types and schemas of Kubernetes, KEDA and the operators. */
@Tag("packaging")
class ManifestSchemasIT {
  private static final String PRODUCTION = "k8s/overlays/production";

  @TempDir private static @Nullable Path folder;
  private static @Nullable ManifestSchemas schemas;

  @BeforeAll
  static void install() throws IOException {
    schemas = ManifestSchemas.install(Objects.requireNonNull(folder));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "k8s/overlays/dev",
        PRODUCTION,
        "k8s/components/backup",
        "k8s/components/gateway",
        "k8s/components/managed-services",
        "k8s/components/otlp",
        "k8s/components/private-provider"
      })
  void everyManifestMatchesItsSchema(String folder) throws IOException {
    List<Map<String, Object>> manifests = Kustomization.render(folder);

    assertThat(manifests).isNotEmpty();
    assertThat(problems(manifests)).isEmpty();
  }

  @Test
  void mistakesAreFound() throws IOException {
    List<String> mistakes =
        List.of(
            "Deployment /spec/template/spec/containers/0/readinesProbe {}",
            "Deployment /spec/template/spec/terminationGracePeriodSeconds 150s",
            "Deployment /spec/template/spec/containers/0/env/0 {value: '5672'}",
            "Deployment /apiVersion apps/v2",
            "Service /spec/ports/0/port '8080'",
            "NetworkPolicy /spec/policyTypes Ingress",
            "PodDisruptionBudget /spec/maxUnavailible 1",
            "ScaledObject /spec/coolDownPeriod 300",
            "ScaledObject /spec/fallback/behavior stay",
            "ScaledObject /spec/triggers/0/metadata/targetValue 1",
            "TriggerAuthentication /spec/secretTargetRef/0/secret sluice",
            "PrometheusRule /spec/groups/0/rules/0/labels []",
            "PodMonitor /spec/podMetricsEndpoints/0/paths /metrics",
            "RabbitmqCluster /spec/rabbitmq/advanced '[].'");

    List<String> problems =
        problems(mistakes.stream().map(ManifestSchemasIT::withMistake).toList());

    for (String mistake : mistakes) {
      assertThat(problems).as(mistake).anyMatch(one -> one.contains(" " + nameOf(mistake) + ":"));
    }
  }

  /** A manifest with one wrong value; the manifest's name is the mistake. */
  private static Map<String, Object> withMistake(String mistake) {
    String[] words = mistake.split(" ", 3);
    Map<String, Object> manifest =
        Kustomization.render(PRODUCTION).stream()
            .filter(one -> Kustomization.kind(one).equals(words[0]))
            .findFirst()
            .orElseThrow();
    Object value = new Yaml().load(words[2]);
    JsonPatch.apply(Map.of("op", "replace", "path", words[1], "value", value), manifest);
    Object name = Map.of("op", "replace", "path", "/metadata/name", "value", nameOf(mistake));
    JsonPatch.apply(name, manifest);
    return manifest;
  }

  private static String nameOf(String mistake) {
    return "mistake-" + Integer.toHexString(mistake.hashCode());
  }

  private static List<String> problems(List<Map<String, Object>> manifests) throws IOException {
    return Objects.requireNonNull(schemas).problems(manifests);
  }
}
