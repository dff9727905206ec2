package dev.sluice.system.ship;

import static dev.sluice.system.ship.ShippedFiles.at;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The RFC 6902 operations that {@code k8s} uses. */
final class JsonPatch {
  private JsonPatch() {}

  /**
   * Applies an operation to a manifest.
   *
   * @throws IllegalStateException if a {@code test} fails or the operation is not supported
   */
  @SuppressWarnings("unchecked")
  static void apply(Object operation, Map<String, Object> manifest) {
    List<String> path = new ArrayList<>(List.of(at(operation, "path").toString().split("/", -1)));
    path.removeFirst();
    String last = path.removeLast();
    Object here = manifest;
    for (String key : path) {
      here = here instanceof List<?> ? at(here, Integer.valueOf(key)) : at(here, key);
    }
    Object value = Kustomization.copy(at(operation, "value"));
    if (here instanceof List<?>) {
      List<Object> list = (List<Object>) here;
      int index = last.equals("-") ? list.size() : Integer.parseInt(last);
      switch (at(operation, "op").toString()) {
        case "add" -> list.add(index, value);
        case "replace" -> list.set(index, value);
        default -> throw new IllegalStateException("unsupported operation: " + operation);
      }
    } else {
      Map<String, Object> map = (Map<String, Object>) here;
      switch (at(operation, "op").toString()) {
        case "add", "replace" -> map.put(last, value);
        case "test" -> {
          if (!at(map, last).equals(value)) {
            throw new IllegalStateException(operation + " finds " + at(map, last));
          }
        }
        default -> throw new IllegalStateException("unsupported operation: " + operation);
      }
    }
  }
}
