package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.LimitView;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a limiter stands.
 *
 * @param running calls that have a permit
 * @param waiting tasks that wait for one
 * @param waitsFor what the first of them waits for; null where nobody does
 * @param hold why the route rests; null where it does not
 * @param keptIn where the buckets are
 * @param part of all consumers of the route those of this worker
 */
public record LimiterStatus(
    int running,
    int waiting,
    @Nullable String waitsFor,
    @Nullable Hold hold,
    List<LimitView> limits,
    String keptIn,
    double part,
    Calls calls) {

  /**
   * A rest.
   *
   * @param left how long it still lasts
   * @param probing whether its scout is out
   */
  public record Hold(HoldKind kind, String reason, Duration left, boolean probing) {}

  /**
   * What the calls were like.
   *
   * @param ended since the start
   * @param throttled of these
   * @param seconds of the last ones on average
   * @param inputTokens charged for the last ones' prompts on average
   * @param outputTokens charged for the last ones' replies on average
   */
  public record Calls(
      long ended, long throttled, double seconds, double inputTokens, double outputTokens) {}
}
