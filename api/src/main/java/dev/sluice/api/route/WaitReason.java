package dev.sluice.api.route;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why a batch or task waits.
 *
 * <pre>{@code
 * {"kind": "requests_per_minute", "sentence": "Limited by requests/min on route openai.",
 *   "route": "openai", "seconds_left": 36}
 * }</pre>
 *
 * @param kind {@code finished}, {@code validating}, {@code finalizing}, {@code cancelling}, {@code
 *     paused}, {@code stopped}, {@code budget}, {@code hold}, {@code no_worker}, {@code
 *     requests_per_minute}, {@code tokens_per_minute}, {@code input_tokens_per_minute}, {@code
 *     output_tokens_per_minute}, {@code concurrency}, {@code dependencies}, {@code stalled} or
 *     {@code unknown}
 * @param sentence the explanation for the user
 * @param route the route that it waits for; null for none
 * @param secondsLeft estimated time until it finishes; null if unknown
 */
public record WaitReason(
    String kind, String sentence, @Nullable String route, @Nullable Long secondsLeft) {

  /** A reason that concerns no route. */
  public static WaitReason of(String kind, String sentence) {
    return new WaitReason(kind, sentence, null, null);
  }

  /**
   * A reason that concerns a route.
   *
   * @param remaining estimated time until it finishes; null if unknown
   */
  public static WaitReason of(
      String kind, String sentence, String route, @Nullable Duration remaining) {
    return new WaitReason(kind, sentence, route, remaining == null ? null : remaining.toSeconds());
  }
}
