package dev.sluice.worker.limit;

import dev.sluice.common.route.RouteSettings;
import dev.sluice.common.wire.Lane;
import dev.sluice.worker.bucket.Buckets;
import dev.sluice.worker.limit.rate.InferredLimit;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * Says when the next call of a route may go out. Callers of a lane are served in the order in which
 * they came, so that a large call is never overtaken for ever by small ones.
 */
public interface RateLimiter extends AutoCloseable {

  /**
   * The limiter of a route.
   *
   * @param buckets where its calls are paid
   * @param peerWorkers the other workers
   */
  static RateLimiter of(
      RouteSettings route, Buckets buckets, PeerWorkers peerWorkers, RandomGenerator random) {
    return new RouteLimiter(route, buckets, peerWorkers, random);
  }

  /**
   * Waits for the right to make one call.
   *
   * @param task whose call it is
   * @param lane a live call goes before those of batches
   * @param tokens what it is expected to use
   * @param patience how long it waits at most
   * @param wanted whether the call is still to be made: asked now and again while it is first in
   *     line, and wherever it stands at {@link #recheck()}; under locks, so it must not wait
   * @throws InterruptedException if the thread is interrupted while it waits; nothing is reserved
   *     then
   */
  Admission acquire(
      String task, Lane lane, EstimatedUsage tokens, Duration patience, BooleanSupplier wanted)
      throws InterruptedException;

  /** Some calls may not be wanted any more. */
  void recheck();

  /** Whether tokens are limited: where not, nobody needs to estimate them. */
  boolean limitsTokens();

  /**
   * Another worker says that the route rests, or, with no time, that it goes on.
   *
   * @param probed what refusals taught it of limits that nobody tells
   */
  void onPeerHold(
      HoldKind kind, String reason, Duration rest, Map<LimitKind, InferredLimit> probed);

  /**
   * A live call of another worker goes before the batches here.
   *
   * @param cost of which this worker pays its part
   */
  void onLivePriority(TokenCost cost);

  /** What a person wants of the route, from now on; said again and again. */
  void applyOverride(RouteOverride wanted);

  /** Whether nobody waits and no call is in flight. */
  boolean isIdle();

  /** How it stands now, for people. */
  LimiterStatus view();

  /** Lets everybody who waits go with {@link Admission.ShuttingDown}, now and from now on. */
  @Override
  void close();
}
