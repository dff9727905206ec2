package dev.sluice.worker.limit;

import dev.sluice.worker.bucket.Buckets;
import dev.sluice.worker.bucket.ReservationDelay;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.Rates;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;

/** How fast a route's buckets refill, as the first in line has set it last. */
final class RefillController {
  /** A pace that is so much faster is worth another place. */
  private static final double NOTABLY_FASTER = 1.1;

  /** The refill is set anew when it is off by more, or was not set for so long. */
  private static final double NOTABLE = 0.02;

  private static final long REPEAT = Duration.ofSeconds(1).toNanos();

  /** Lateness that the distance to the limit covers. */
  private static final long COVERED = Duration.ofMillis(4).toNanos();

  private final Buckets buckets;
  private Rates paced = Rates.UNBOUNDED;
  private long pacedAt = System.nanoTime();

  RefillController(Buckets buckets) {
    this.buckets = buckets;
  }

  /** Sets how fast they refill. Without a lock: they may be far away. */
  void follow(Rates rates) {
    long now = System.nanoTime();
    if (rates.differsFrom(paced, NOTABLE) || now - pacedAt > REPEAT) {
      buckets.setRates(rates);
      pacedAt = now;
      paced = rates;
    }
  }

  /** Whether a place that was taken at the present pace is later than one at these rates. */
  boolean isSlowerThan(Rates rates, LimitKind by) {
    double then = paced.of(by).orElse(Double.POSITIVE_INFINITY);
    return rates.of(by).orElse(Double.POSITIVE_INFINITY) > NOTABLY_FASTER * then;
  }

  /** Whether a call waits for longer than it takes all workers together to pay some of its like. */
  boolean isLongerThan(int permits, ReservationDelay reservationDelay, TokenCost cost) {
    double perSecond = paced.of(reservationDelay.by()).orElse(Double.POSITIVE_INFINITY);
    return reservationDelay.nanos() > permits * 1e9 * cost.of(reservationDelay.by()) / perSecond;
  }

  /**
   * Without this the next call would be nearer to a late one than the pace says, and where the
   * provider counts by the second, one too many in that second. More than its own place is not left
   * out: who was late by seconds met nobody in between.
   *
   * @param late by how much a call missed its time, in nanoseconds
   */
  void moveLaterCalls(long late) {
    if (paced.punctual() && late > COVERED) {
      double requests = (late - COVERED) / 1e9 * paced.of(LimitKind.REQUESTS).orElse(0);
      buckets.delayLaterCalls(Math.min(requests, 1));
    }
  }
}
