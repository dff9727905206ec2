package dev.sluice.cli.batch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Order of the requests in the input of a command. */
@FunctionalInterface
public interface RequestOrder {
  /** Position of a request that is not in the input. */
  int UNKNOWN = -1;

  /** Position from 0 of the request with this custom id, or {@link #UNKNOWN}. */
  int position(String customId);

  /** The order of these custom ids. */
  static RequestOrder of(List<String> customIds) {
    Map<String, Integer> positions = new HashMap<>();
    customIds.forEach(id -> positions.put(id, positions.size()));
    return id -> positions.getOrDefault(id, UNKNOWN);
  }
}
