package dev.sluice.system.ship;

import static dev.sluice.system.ship.ShippedFiles.at;
import static dev.sluice.system.ship.ShippedFiles.map;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Finds objects in a list of rendered manifests. */
final class Manifests {
  private Manifests() {}

  static List<Map<String, Object>> ofKind(List<Map<String, Object>> all, String kind) {
    return all.stream().filter(one -> Kustomization.kind(one).equals(kind)).toList();
  }

  static Map<String, Object> named(List<Map<String, Object>> all, String kind, String name) {
    return ofKind(all, kind).stream()
        .filter(one -> Kustomization.name(one).equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no %s %s".formatted(kind, name)));
  }

  static List<Map<String, Object>> deploymentsOf(List<Map<String, Object>> all, Map<?, ?> labels) {
    return ofKind(all, "Deployment").stream()
        .filter(
            one ->
                map(one, "spec", "template", "metadata", "labels")
                    .entrySet()
                    .containsAll(labels.entrySet()))
        .toList();
  }

  static Stream<Object> pods(List<Map<String, Object>> all) {
    return ofKind(all, "Deployment").stream().map(one -> at(one, "spec", "template", "spec"));
  }

  static Map<String, Object> variables(Object container) {
    Map<String, Object> variables = new TreeMap<>();
    if (map(container).get("env") instanceof List<?> all) {
      all.forEach(one -> variables.put(at(one, "name").toString(), one));
    }
    return variables;
  }
}
