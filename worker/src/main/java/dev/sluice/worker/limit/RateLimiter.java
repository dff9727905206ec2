package dev.sluice.worker.limit;

import dev.sluice.common.wire.Lane;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.limit.bucket.Buckets;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Grants permits for the calls of one route in one worker.
 *
 * <p>The callers of a lane are served in FIFO order, so small calls never starve a large one.
 */
public interface RateLimiter extends AutoCloseable {

  /** Returns the limiter of a route. */
  static RateLimiter of(
      RouteSettings route, Buckets buckets, PeerWorkers peerWorkers, RandomGenerator random) {
    return new RouteLimiter(route, buckets, peerWorkers, random, NanoClock.SYSTEM);
  }

  /**
   * Returns the limiter of a route with several members.
   *
   * @param buckets creates the buckets of an account, by its qualified name
   */
  static RateLimiter of(
      RouteSettings route,
      Function<String, Buckets> buckets,
      PeerWorkers peerWorkers,
      RandomGenerator random) {
    return new RouteLimiter(route, buckets, peerWorkers, random, NanoClock.SYSTEM);
  }

  /**
   * As {@link #acquire(CallOrigin, Lane, Supplier, Duration, BooleanSupplier, MemberSelection)}.
   */
  default Admission acquire(
      CallOrigin origin,
      Lane lane,
      Supplier<EstimatedUsage> estimator,
      Duration timeout,
      BooleanSupplier wanted)
      throws InterruptedException {
    return acquire(origin, lane, estimator, timeout, wanted, MemberSelection.ANY);
  }

  /**
   * Waits for a permit of the first member, in the order of preference, that has one now; else of
   * the one that has one soonest.
   *
   * @param origin the call's task and source
   * @param lane live calls have priority over batch calls
   * @param estimator estimates the tokens. It is called at most once, without locks, and only if a
   *     token limit is known: before the wait, or else at the reservation
   * @param timeout maximum time to wait
   * @param wanted whether the call must still be sent. It is queried repeatedly at the head of the
   *     queue, and everywhere in the queue by {@link #recheck()}; under locks, so it must not block
   * @param selection which members may grant it
   * @throws InterruptedException if the thread is interrupted; then nothing is reserved
   */
  Admission acquire(
      CallOrigin origin,
      Lane lane,
      Supplier<EstimatedUsage> estimator,
      Duration timeout,
      BooleanSupplier wanted,
      MemberSelection selection)
      throws InterruptedException;

  /** Queries all waiters whether their calls are still wanted, and withdraws the others. */
  void recheck();

  /** Whether a member that has not refused the call is not held. */
  boolean isOtherMemberOpen(CallOrigin origin, MemberSelection selection);

  /** A peer announced the start or the end of a hold of the route. */
  default void onPeerAnnouncement(HoldAnnouncement announcement) {
    onPeerAnnouncement("", announcement);
  }

  /**
   * A peer announced the start or the end of a hold.
   *
   * @param member name of the member; empty for all members
   */
  void onPeerAnnouncement(String member, HoldAnnouncement announcement);

  /** As {@link #release(String, HoldKind)}, of all members. */
  default void release(HoldKind kind) {
    release("", kind);
  }

  /**
   * Ends the holds of this kind now, of the member and of all sources: an operator released the
   * route, or the API key was replaced. A hold of another kind remains.
   *
   * @param member name of the member; empty for all members
   */
  void release(String member, HoldKind kind);

  /** As {@link #onLivePriority(String, TokenCost)}, of the only member. */
  default void onLivePriority(TokenCost cost) {
    onLivePriority("", cost);
  }

  /**
   * A peer announced a live call, which has priority over the batch calls here.
   *
   * @param member name of the member that it calls; empty for a route's only member
   * @param cost the cost of which this worker is charged its fraction
   */
  void onLivePriority(String member, TokenCost cost);

  /** Applies an operator's override; the same override may be applied repeatedly. */
  void applyOverride(RouteOverride override);

  /** Whether no task waits and no call is in flight. */
  boolean isIdle();

  /** Returns the current state, for reports and metrics. */
  LimiterStatus status();

  /** Ends all current and later requests with {@link Admission.ShuttingDown}. */
  @Override
  void close();
}
