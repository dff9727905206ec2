package dev.sluice.system.delay;

import java.util.Collection;
import java.util.List;

/**
 * Differences between arrival and due time.
 *
 * @param millis sorted; negative means early
 */
record Lateness(List<Long> millis) {

  static Lateness of(Collection<Long> millis) {
    return new Lateness(millis.stream().sorted().toList());
  }

  boolean anyEarly() {
    return at(0) < 0;
  }

  String shown() {
    return "%d came back, late by p50 %d ms, p99 %d ms, most %d ms, least %d ms"
        .formatted(millis.size(), at(0.5), at(0.99), at(1), at(0));
  }

  private long at(double share) {
    return millis.isEmpty()
        ? 0
        : millis.get((int) Math.min(millis.size() - 1L, (long) (share * millis.size())));
  }
}
