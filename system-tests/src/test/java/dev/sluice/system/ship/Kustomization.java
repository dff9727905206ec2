package dev.sluice.system.ship;

import static dev.sluice.system.ship.ShippedFiles.at;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.yaml.snakeyaml.Yaml;

/**
 * Renders what {@code kubectl apply -k FOLDER} applies, for the fields that {@code k8s} uses. An
 * unsupported field is an error. Generated names have no hash suffix.
 */
final class Kustomization {
  private static final String FILE = "kustomization.yaml";
  private static final Set<String> SUPPORTED_FIELDS =
      Set.of(
          "apiVersion",
          "kind",
          "resources",
          "components",
          "configMapGenerator",
          "namespace",
          "nameSuffix",
          "labels",
          "images",
          "replicas",
          "patches");

  /** Cluster-scoped kinds. */
  private static final Set<String> CLUSTER_SCOPED = Set.of("Namespace");

  private final String folder;
  private final Map<String, Object> settings;
  private final List<Map<String, Object>> manifests;

  /**
   * Reads the settings of a folder.
   *
   * @param manifests those of the folder that includes this one as a component
   */
  private Kustomization(String folder, List<Map<String, Object>> manifests) {
    this.folder = folder;
    this.manifests = manifests;
    this.settings = mutable(ShippedFiles.yaml(folder + "/" + FILE).getFirst());
    Set<String> unknown = new TreeSet<>(settings.keySet());
    unknown.removeAll(SUPPORTED_FIELDS);
    if (!unknown.isEmpty()) {
      throw new IllegalStateException(folder + "/" + FILE + ": unsupported fields: " + unknown);
    }
  }

  /** Renders a folder. The caller may modify the manifests. */
  static List<Map<String, Object>> render(String folder) {
    List<Map<String, Object>> manifests = new ArrayList<>();
    new Kustomization(folder, manifests).build();
    return manifests;
  }

  private void build() {
    read();
    for (Object component : list("components")) {
      new Kustomization(resolved(component.toString()), manifests).build();
    }
    generate();
    patch();
    change();
  }

  private void read() {
    for (Object resource : list("resources")) {
      String path = resolved(resource.toString());
      if (path.endsWith(".yaml")) {
        ShippedFiles.yaml(path).forEach(one -> manifests.add(mutable(one)));
      } else {
        manifests.addAll(render(path));
      }
    }
  }

  /** Path relative to the root of the checkout, without {@code ..}. */
  private String resolved(String path) {
    return Path.of(folder, path).normalize().toString();
  }

  private void generate() {
    for (Object one : list("configMapGenerator")) {
      Map<String, Object> generator = map(one);
      Map<String, Object> data = new LinkedHashMap<>();
      for (Object file : ShippedFiles.list(generator, "files")) {
        data.put(file.toString(), ShippedFiles.text(folder + "/" + file));
      }
      Map<String, Object> manifest = new LinkedHashMap<>();
      manifest.put("apiVersion", "v1");
      manifest.put("kind", "ConfigMap");
      Map<String, Object> metadata = new LinkedHashMap<>(Map.of("name", at(generator, "name")));
      if (generator.get("options") instanceof Map<?, ?> options) {
        metadata.put("labels", copy(at(options, "labels")));
      }
      manifest.put("metadata", metadata);
      manifest.put("data", data);
      manifests.add(manifest);
    }
  }

  private void patch() {
    for (Object one : list("patches")) {
      String kind = at(one, "target", "kind").toString();
      List<?> operations = (List<?>) new Yaml().load(at(one, "patch").toString());
      manifests.stream()
          .filter(manifest -> kind(manifest).equals(kind))
          .forEach(manifest -> operations.forEach(op -> JsonPatch.apply(op, manifest)));
    }
  }

  private void change() {
    manifests.forEach(this::label);
    manifests.forEach(this::image);
    for (Object one : list("replicas")) {
      manifests.stream()
          .filter(manifest -> name(manifest).equals(at(one, "name")))
          .filter(manifest -> kind(manifest).equals("Deployment"))
          .forEach(manifest -> child(manifest, "spec").put("replicas", at(one, "count")));
    }
    if (settings.get("nameSuffix") instanceof String suffix) {
      Set<String> accounts = new TreeSet<>();
      manifests.stream()
          .filter(manifest -> kind(manifest).equals("ServiceAccount"))
          .forEach(manifest -> accounts.add(name(manifest)));
      manifests.forEach(manifest -> rename(manifest, suffix, accounts));
    }
    if (settings.get("namespace") instanceof String namespace) {
      manifests.stream()
          .filter(manifest -> !CLUSTER_SCOPED.contains(kind(manifest)))
          .forEach(manifest -> child(manifest, "metadata").put("namespace", namespace));
    }
  }

  private static void rename(Map<String, Object> manifest, String suffix, Set<String> accounts) {
    child(manifest, "metadata").put("name", name(manifest) + suffix);
    if (kind(manifest).equals("Deployment")) {
      child(child(child(manifest, "spec"), "template"), "spec")
          .computeIfPresent(
              "serviceAccountName",
              (key, account) -> accounts.contains(account.toString()) ? account + suffix : account);
    }
  }

  private void label(Map<String, Object> manifest) {
    for (Object one : list("labels")) {
      Map<String, Object> pairs = map(at(one, "pairs"));
      boolean selectors = Boolean.TRUE.equals(map(one).get("includeSelectors"));
      boolean templates = selectors || Boolean.TRUE.equals(map(one).get("includeTemplates"));
      child(child(manifest, "metadata"), "labels").putAll(pairs);
      if (kind(manifest).equals("Deployment")) {
        Map<String, Object> template = child(child(manifest, "spec"), "template");
        if (templates) {
          child(child(template, "metadata"), "labels").putAll(pairs);
        }
        if (selectors
            && child(template, "spec").get("topologySpreadConstraints") instanceof List<?> all) {
          all.forEach(
              spread -> child(child(map(spread), "labelSelector"), "matchLabels").putAll(pairs));
        }
      }
      if (selectors && Set.of("Deployment", "PodDisruptionBudget").contains(kind(manifest))) {
        child(child(child(manifest, "spec"), "selector"), "matchLabels").putAll(pairs);
      }
    }
  }

  private void image(Map<String, Object> manifest) {
    if (!kind(manifest).equals("Deployment")) {
      return;
    }
    Map<String, Object> pod = child(child(child(manifest, "spec"), "template"), "spec");
    for (Object container : ShippedFiles.list(pod, "containers")) {
      for (Object one : list("images")) {
        if (at(one, "name").equals(at(container, "image"))) {
          Object name = map(one).getOrDefault("newName", at(one, "name"));
          map(container).put("image", name + ":" + at(one, "newTag"));
        }
      }
    }
  }

  static String kind(Map<String, Object> manifest) {
    return at(manifest, "kind").toString();
  }

  static String name(Map<String, Object> manifest) {
    return at(manifest, "metadata", "name").toString();
  }

  private List<?> list(String key) {
    return settings.get(key) instanceof List<?> list ? list : List.of();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  private static Map<String, Object> child(Map<String, Object> parent, String key) {
    return map(parent.computeIfAbsent(key, absent -> new LinkedHashMap<String, Object>()));
  }

  /** A deep copy that the caller can modify. */
  static Map<String, Object> mutable(Object value) {
    return map(copy(value));
  }

  static Object copy(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, of) -> copy.put(key.toString(), copy(of)));
        yield copy;
      }
      case List<?> list -> {
        List<Object> copy = new ArrayList<>();
        list.forEach(of -> copy.add(copy(of)));
        yield copy;
      }
      default -> value;
    };
  }
}
