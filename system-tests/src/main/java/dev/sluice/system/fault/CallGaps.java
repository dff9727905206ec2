package dev.sluice.system.fault;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** How long no call reached the provider. */
record CallGaps(List<Instant> calls) {

  /** By the provider's log. */
  static CallGaps of(List<JsonNode> log) {
    return new CallGaps(
        log.stream().map(call -> Instant.parse(call.path("at").asString())).sorted().toList());
  }

  /** The longest one that touches the time. */
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
