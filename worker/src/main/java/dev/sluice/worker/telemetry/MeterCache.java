package dev.sluice.worker.telemetry;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The meters of one name, by the values of their tags. A registry merges and sorts the tags for
 * each lookup, which takes a noticeable part of a short task's CPU time.
 */
final class MeterCache<M> {
  private final Map<List<String>, M> meters = new ConcurrentHashMap<>();
  private final Function<List<String>, M> register;

  /**
   * @param register registers the meter with these values of its tags
   */
  MeterCache(Function<List<String>, M> register) {
    this.register = register;
  }

  M of(String... values) {
    return meters.computeIfAbsent(List.of(values), register);
  }
}
