package dev.sluice.cli.client;

import dev.sluice.cli.json.JsonValues;
import java.math.BigDecimal;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sluice's extensions of a request to create a batch.
 *
 * @param cutOff {@code keep} or {@code fail}
 * @param budget US dollars
 * @param reuse maximum age of the results that answer identical requests, such as {@code 7d}
 * @param tier {@code flex} or {@code standard}
 * @param check the schema of the answers
 */
public record BatchExtensions(
    Optional<String> cutOff,
    Optional<StopAfter> stopAfter,
    Optional<BigDecimal> budget,
    Optional<String> reuse,
    Optional<String> tier,
    Optional<JsonNode> check) {

  /** A copy with a check of the answers. */
  public BatchExtensions withCheck(Optional<JsonNode> other) {
    return new BatchExtensions(cutOff, stopAfter, budget, reuse, tier, other);
  }

  /**
   * The failures that pause the batch.
   *
   * @param limit a number of tasks, or a percentage if {@code percent} is true
   * @param ofFirst the number of first tasks among which they are counted
   */
  public record StopAfter(int limit, boolean percent, long ofFirst) {
    private ObjectNode json() {
      ObjectNode json = JsonValues.object();
      if (percent) {
        json.put("failed_ratio", BigDecimal.valueOf(limit, 2));
      } else {
        json.put("failed", limit);
      }
      return json.put("of_first", ofFirst);
    }
  }

  void addTo(ObjectNode json) {
    cutOff.ifPresent(policy -> json.put("cut_off", policy));
    stopAfter.ifPresent(condition -> json.set("stop_after", condition.json()));
    budget.ifPresent(dollars -> json.put("budget", dollars));
    reuse.ifPresent(time -> json.put("reuse", time));
    tier.ifPresent(name -> json.put("tier", name));
    check.ifPresent(member -> json.set("check", member));
  }
}
