package dev.sluice.worker.limit.rate;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Searches for an unadvertised limit from 429 responses, with CUBIC's curve (RFC 9438).
 *
 * <p>The ceiling is the rate at which the last 429 came: CUBIC's {@code W_max}. After a 429 the
 * rate drops, rises quickly at first, is nearly flat around the ceiling, and then rises slowly:
 *
 * <pre>
 *   x = t / K - 1                      t: seconds since the 429, K = 10 s
 *   x &lt; 0:   rate = ceiling + (ceiling - start) * x^3
 *   x &gt;= 0:  rate = ceiling * min(1 + 0.05 * x^3, 1.5 * used / ceiling, 2)
 *                   and at least the ceiling
 *
 *   a 429 comes                        ceiling                 start
 *   before any other                   rate of the last second 0.5 * ceiling
 *   within 3 s of the last one         rate                    0.5 * ceiling
 *   below the ceiling                  0.925 * rate            max(0.85 * ceiling, measured)
 *   at or above the ceiling            rate                    max(0.85 * ceiling, measured)
 *
 *   measured = 0.97 * min(rate, admitted amount since the last 429 / t)
 * </pre>
 *
 * <p>So the rate stays longest where it last succeeded, and still finds a raised limit. A 429 below
 * the ceiling lowers it further, as CUBIC's fast convergence does.
 */
final class CubicLimitSearch {
  private static final double SECOND = 1e9;

  /** CUBIC's multiplicative decrease factor, {@code beta}. */
  private static final double DECREASE = 0.85;

  /**
   * The 429 of a call that was sent so shortly after the last decrease has the same cause: after a
   * hold, all workers send at the same time.
   */
  static final long SAME_CAUSE = Duration.ofMillis(250).toNanos();

  private static final double QUICK_DECREASE = 0.5;
  private static final long QUICK = Duration.ofSeconds(3).toNanos();

  /** CUBIC's {@code K}: time until the rate is back at the ceiling. */
  private static final double SECONDS_TO_CEILING = 10;

  /** Increase above the ceiling after a further {@code K}, as a fraction of the ceiling. */
  private static final double INCREASE = 0.05;

  private static final double MAX_ABOVE_CEILING = 2;
  private static final double MAX_ABOVE_USED = 1.5;
  private static final double MEASURED_MARGIN = 0.97;
  private static final double RECENT_SECONDS = 1;

  private static final double MIN_PER_SECOND = 1.0 / 60;

  private record AdmittedAmount(long at, double amount) {}

  private final Deque<AdmittedAmount> recent = new ArrayDeque<>();
  private final double initialCeiling;
  private double ceiling;
  private double start;
  private long startedAt;
  private double admittedSinceStart;

  /**
   * @param initialCeiling the lowest ceiling per second after the first 429
   */
  CubicLimitSearch(double initialCeiling, long now) {
    this.initialCeiling = initialCeiling;
    this.startedAt = now;
  }

  /**
   * The provider admitted calls.
   *
   * @param amount what they used, of all workers together
   */
  void onAdmitted(double amount, long now) {
    admittedSinceStart += amount;
    recent.addLast(new AdmittedAmount(now, amount));
    dropOld(now);
  }

  /** The provider rejected a call with 429. */
  void onThrottled(long now) {
    double rate = perSecond(now);
    double seconds = (now - startedAt) / SECOND;
    if (rate == 0) {
      restart(Math.max(recentPerSecond(now), initialCeiling), QUICK_DECREASE, now);
    } else if (now - startedAt < QUICK) {
      restart(rate, QUICK_DECREASE, now);
    } else {
      double measured = MEASURED_MARGIN * Math.min(admittedSinceStart / seconds, rate);
      boolean isBelowCeiling = rate < ceiling;
      restart(isBelowCeiling ? rate * (1 + DECREASE) / 2 : rate, DECREASE, now);
      start = Math.max(start, measured);
    }
  }

  /**
   * A peer inferred a limit from a 429. If several workers were rejected at the same time, the
   * highest ceiling applies.
   */
  void onPeerInferred(InferredLimit inferred, long now) {
    if (ceiling > inferred.ceiling() && now - startedAt < SAME_CAUSE) {
      return;
    }
    restart(inferred.ceiling(), inferred.rate() / inferred.ceiling(), now);
  }

  /** Returns the ceiling and the current rate; empty before the first 429. */
  Optional<InferredLimit> inferred(long now) {
    return ceiling == 0
        ? Optional.empty()
        : Optional.of(new InferredLimit(ceiling, perSecond(now)));
  }

  /** Returns the current rate per second; 0 before the first 429. */
  double perSecond(long now) {
    double x = (now - startedAt) / SECOND / SECONDS_TO_CEILING - 1;
    double cube = x * x * x;
    if (x < 0) {
      return ceiling + (ceiling - start) * cube;
    }
    // An unused rate is not known to be admitted, so it limits the increase.
    double used = MAX_ABOVE_USED * recentPerSecond(now) / Math.max(ceiling, MIN_PER_SECOND);
    double max = Math.min(Math.max(1, used), MAX_ABOVE_CEILING);
    return ceiling * Math.min(1 + INCREASE * cube, max);
  }

  private void restart(double newCeiling, double startFraction, long now) {
    ceiling = Math.max(newCeiling, MIN_PER_SECOND);
    start = startFraction * ceiling;
    startedAt = now;
    admittedSinceStart = 0;
  }

  private double recentPerSecond(long now) {
    dropOld(now);
    return recent.stream().mapToDouble(AdmittedAmount::amount).sum() / RECENT_SECONDS;
  }

  private void dropOld(long now) {
    while (!recent.isEmpty() && now - recent.getFirst().at() > RECENT_SECONDS * SECOND) {
      recent.removeFirst();
    }
  }
}
