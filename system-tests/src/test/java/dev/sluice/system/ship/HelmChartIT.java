package dev.sluice.system.ship;

import static dev.sluice.system.ship.Manifests.named;
import static dev.sluice.system.ship.Manifests.ofKind;
import static dev.sluice.system.ship.ShippedFiles.at;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** Tests the Helm chart: it renders what the production overlay of kustomize renders. */
@Tag("long")
class HelmChartIT {
  private static final String OTHER_VALUES =
      """
      secret: my-secret
      images: {worker: {repository: registry.example.com/w, tag: "2"}, pullSecrets: [registry]}
      providerKeys: [{name: GROQ_API_KEY, key: groq}]
      routes:
        - name: groq
          models: ["llama-*"]
          provider: {url: "https://api.groq.com/openai/v1", api-key: "${GROQ_API_KEY:}"}
          workers: {replicas: 3, resources: {limits: {memory: 1Gi}}}
        - name: vllm
          provider: {url: "http://vllm.models.svc:8000/v1"}
      autoscaling: {enabled: false}
      rabbitmq: {cluster: {enabled: false}}
      monitoring: {labels: {release: prometheus}}
      networkPolicies: {egress: [{name: vllm, pods: [worker], cidr: 10.1.0.0/16, ports: [8000]}]}
      gateway: {enabled: true, parentRefs: [{name: gateway}], hostnames: [sluice.example.com]}
      """;

  @TempDir private static @Nullable Path folder;
  private static @Nullable HelmChart chart;
  private static @Nullable ManifestSchemas schemas;

  @BeforeAll
  static void install() throws IOException {
    chart = HelmChart.withHelm();
    schemas = ManifestSchemas.install(Objects.requireNonNull(folder));
  }

  @Test
  void chartIsValid() throws IOException {
    assertThat(chart().lint()).contains("0 chart(s) failed");
  }

  @Test
  void defaultValuesRenderTheProductionOverlay() throws IOException {
    Map<String, Object> expected = byName(Kustomization.render("k8s/overlays/production"));
    expected.remove("Namespace sluice");

    Map<String, Object> rendered = byName(chart().render("{}"));

    assertThat(rendered.keySet()).isEqualTo(expected.keySet());
    assertThat(rendered)
        .allSatisfy(
            (name, manifest) -> assertThat(manifest).as(name).isEqualTo(expected.get(name)));
  }

  @Test
  void renderedManifestsMatchTheirSchemas() throws IOException {
    for (String values : List.of("{}", OTHER_VALUES)) {
      assertThat(Objects.requireNonNull(schemas).problems(chart().render(values))).isEmpty();
    }
  }

  @Test
  void valuesSetRoutesWorkersAndBroker() throws IOException {
    List<Map<String, Object>> manifests = chart().render(OTHER_VALUES);

    Object groq = named(manifests, "Deployment", "sluice-worker-groq");
    Object container = at(groq, "spec", "template", "spec", "containers", 0);
    Map<String, Object> variables = Manifests.variables(container);
    assertThat(at(groq, "spec", "replicas")).isEqualTo(3);
    assertThat(at(container, "image")).isEqualTo("registry.example.com/w:2");
    assertThat(at(container, "resources", "limits", "memory")).isEqualTo("1Gi");
    assertThat(variables).doesNotContainKey("OPENAI_API_KEY");
    assertThat(at(variables, "GROQ_API_KEY", "valueFrom", "secretKeyRef", "name"))
        .isEqualTo("my-secret");
    assertThat(at(variables, "SPRING_RABBITMQ_ADDRESSES", "valueFrom", "secretKeyRef", "key"))
        .isEqualTo("amqp-url");
    assertThat(at(variables, "SLUICE_WORKER_ROUTES", "value")).isEqualTo("groq");
    assertThat(at(named(manifests, "Deployment", "sluice-worker-vllm"), "spec", "replicas"))
        .isEqualTo(1);
    String file =
        at(named(manifests, "ConfigMap", "sluice-routes"), "data", "routes.yaml").toString();
    assertThat(ShippedFiles.parsedRoutes(file))
        .extracting(route -> route.name())
        .containsExactly("groq", "vllm");
    assertThat(file).doesNotContain("workers");
    for (String kind : List.of("ScaledObject", "TriggerAuthentication", "RabbitmqCluster")) {
      assertThat(ofKind(manifests, kind)).as(kind).isEmpty();
    }
    assertThat(ofKind(manifests, "HTTPRoute")).hasSize(1);
  }

  /**
   * What the manifests mean: without namespace and labels of the objects, without annotations of
   * the pods, and with the content of YAML files instead of their text.
   */
  private static Map<String, Object> byName(List<Map<String, Object>> manifests) {
    Map<String, Object> byName = new TreeMap<>();
    for (Map<String, Object> manifest : manifests) {
      String name = Kustomization.name(manifest);
      Map<String, Object> meaning = new TreeMap<>(manifest);
      meaning.remove("metadata");
      if (meaning.get("data") instanceof Map<?, ?> data) {
        Map<String, Object> files = new TreeMap<>();
        data.forEach((file, text) -> files.put(file.toString(), new Yaml().load(text.toString())));
        meaning.put("data", files);
      }
      if (Kustomization.kind(manifest).equals("Deployment")
          && at(manifest, "spec", "template", "metadata") instanceof Map<?, ?> pod) {
        pod.remove("annotations");
      }
      byName.put(Kustomization.kind(manifest) + " " + name, meaning);
    }
    return byName;
  }

  private static HelmChart chart() {
    return Objects.requireNonNull(chart);
  }
}
