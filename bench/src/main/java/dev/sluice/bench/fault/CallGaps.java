package dev.sluice.bench.fault;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Measures the intervals between consecutive provider calls. */
record CallGaps(List<Instant> calls) {

  /** Reads the calls from the provider's log. */
  static CallGaps of(List<JsonNode> log) {
    return new CallGaps(
        log.stream().map(call -> Instant.parse(call.path("at").asString())).sorted().toList());
  }

  /** The longest interval that overlaps the period. */
  Duration longest(Instant from, Instant until) {
    Duration longest = Duration.ZERO;
    for (int i = 1; i < calls.size(); i++) {
      Instant before = calls.get(i - 1);
      Instant after = calls.get(i);
      Duration pause = Duration.between(before, after);
      if (after.isAfter(from) && before.isBefore(until) && pause.compareTo(longest) > 0) {
        longest = pause;
      }
    }
    return longest;
  }
}
