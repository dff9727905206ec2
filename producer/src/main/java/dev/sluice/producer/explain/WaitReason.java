package dev.sluice.producer.explain;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why something waits.
 *
 * @param kind {@code ended}, {@code validating}, {@code finalizing}, {@code cancelling}, {@code
 *     paused}, {@code budget}, {@code hold}, {@code worker}, {@code requests}, {@code tokens},
 *     {@code input_tokens}, {@code output_tokens}, {@code calls}, {@code stalled} or {@code
 *     unknown}
 * @param sentence for people
 * @param route which route keeps it waiting; null where none does
 * @param seconds about how long until it is done; null where nobody can say
 */
public record WaitReason(
    String kind, String sentence, @Nullable String route, @Nullable Long seconds) {

  static WaitReason of(String kind, String sentence) {
    return new WaitReason(kind, sentence, null, null);
  }

  static WaitReason of(String kind, String sentence, String route, @Nullable Duration left) {
    return new WaitReason(kind, sentence, route, left == null ? null : left.toSeconds());
  }
}
