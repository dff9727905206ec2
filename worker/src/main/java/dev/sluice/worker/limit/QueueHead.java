package dev.sluice.worker.limit;

import dev.sluice.common.wire.Lane;
import dev.sluice.worker.limit.bucket.Buckets;
import dev.sluice.worker.limit.rate.Rates;
import dev.sluice.worker.limit.rate.TokenCost;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The request at the head of the queue, with its reservation in the buckets. Used by one thread.
 * The buckets and the peers are called without the limiter's lock, because Redis may take some time
 * to reply.
 */
final class QueueHead {
  private final PermitRequest request;
  private final Buckets buckets;
  private final RefillController refillController;
  private final PeerWorkers peerWorkers;
  private final NanoClock clock;
  private @Nullable Reservation reservation;
  private int overtakingAttempts;

  QueueHead(
      PermitRequest request,
      Buckets buckets,
      RefillController refillController,
      PeerWorkers peerWorkers,
      NanoClock clock) {
    this.request = request;
    this.buckets = buckets;
    this.refillController = refillController;
    this.peerWorkers = peerWorkers;
    this.clock = clock;
  }

  PermitRequest request() {
    return request;
  }

  /** Returns the current reservation; null if there is none. */
  @Nullable Reservation reservation() {
    return reservation;
  }

  /** Charges the buckets. A live call that is behind too many of the peers' calls goes first. */
  void reserve(TokenCost cost, Rates rates) {
    refillController.apply(rates, clock.nanos());
    Reservation reserved = Reservation.of(cost, buckets.reserve(cost), clock.nanos());
    reservation = reserved;
    if (request.lane() == Lane.LIVE && isBehindPeers(reserved)) {
      overtakePeers(reserved);
    }
  }

  private boolean isBehindPeers(Reservation reserved) {
    return LivePriority.isBehindPeers(
        overtakingAttempts,
        reserved.dueAt() - reserved.reservedAt(),
        refillController.callNanos(reserved.by(), reserved.cost()),
        peerWorkers.limitFraction());
  }

  private void overtakePeers(Reservation reserved) {
    reservation = reserved.retryAfter(LivePriority.ANNOUNCEMENT_LATENCY);
    if (overtakingAttempts++ == 0) {
      buckets.refundPeerFractions(reserved.cost());
      peerWorkers.announceLivePriority(reserved.cost());
    }
  }

  /** Returns what was charged, if anything was. */
  void refund() {
    Reservation reserved = reservation;
    if (reserved != null) {
      reservation = null;
      buckets.refund(reserved.cost(), true);
    }
  }

  /**
   * Keeps what was charged, because the call is sent, and returns it.
   *
   * @param lateNanos by how much the call is late
   */
  TokenCost spend(long lateNanos) {
    refillController.onLateCall(lateNanos);
    TokenCost cost = Objects.requireNonNull(reservation, "nothing is reserved").cost();
    reservation = null;
    return cost;
  }
}
