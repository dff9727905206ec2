package dev.sluice.worker.limit.rate;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Finds a limit that nobody tells, from the provider's refusals alone, as CUBIC finds the bandwidth
 * of a line (RFC 9438).
 *
 * <p>The pace at a refusal is more than the limit, and what was let in since the one before is not.
 * After a refusal the pace starts well below where it was refused, rises quickly at first, hardly
 * at all near that mark, and after it slowly more: so it stays long where it was last well, and
 * finds a limit that was raised. Refusals that follow one another quickly halve it.
 */
final class CubicLimitSearch {
  private static final double SECOND = 1e9;
  private static final double AFTER_REFUSAL = 0.85;
  private static final double AFTER_QUICK_REFUSAL = 0.5;
  private static final long QUICK = Duration.ofSeconds(3).toNanos();

  /** So long it takes back to the mark. */
  private static final double SECONDS_TO_MARK = 10;

  /** So much of the mark is added in as long again. */
  private static final double BEYOND_MARK = 0.05;

  /** Beyond the mark it goes as far as this, and as far beyond what is used. */
  private static final double FARTHEST = 2;

  private static final double BEYOND_USED = 1.5;
  private static final double BELOW_MEASURED = 0.97;
  private static final double RECENT_SECONDS = 1;
  private static final long AT_ONCE = Duration.ofSeconds(1).toNanos();

  private static final double SLOWEST = 1.0 / 60;

  private record AdmittedAmount(long at, double amount) {}

  private final Deque<AdmittedAmount> recent = new ArrayDeque<>();
  private final double firstMark;
  private double mark;
  private double start;
  private long startedAt;
  private double admittedSince;

  /**
   * @param firstMark where it goes back to, per second, if the very first call is refused
   */
  CubicLimitSearch(double firstMark, long now) {
    this.firstMark = firstMark;
    this.startedAt = now;
  }

  /** The provider took calls that used this much, of all workers together. */
  void admitted(double amount, long now) {
    admittedSince += amount;
    recent.addLast(new AdmittedAmount(now, amount));
    dropOld(now);
  }

  /** The provider refused a call: it has nothing left. */
  void onThrottled(long now) {
    double reached = perSecond(now);
    double seconds = (now - startedAt) / SECOND;
    if (reached == 0) {
      start(Math.max(recentPerSecond(now), firstMark), AFTER_QUICK_REFUSAL, now);
    } else if (now - startedAt < QUICK) {
      start(reached, AFTER_QUICK_REFUSAL, now);
    } else {
      double measured = BELOW_MEASURED * Math.min(admittedSince / seconds, reached);
      boolean isFalling = reached < mark;
      start(isFalling ? reached * (1 + AFTER_REFUSAL) / 2 : reached, AFTER_REFUSAL, now);
      start = Math.max(start, measured);
    }
  }

  /**
   * Another worker found this. Where several were refused at once, the one that had got furthest
   * knows best.
   */
  void onPeerInferred(InferredLimit found, long now) {
    if (mark > found.ceiling() && now - startedAt < AT_ONCE) {
      return;
    }
    start(found.ceiling(), found.rate() / found.ceiling(), now);
  }

  /** What is tried now, and the mark; empty before the first refusal. */
  Optional<InferredLimit> inferred(long now) {
    return mark == 0 ? Optional.empty() : Optional.of(new InferredLimit(mark, perSecond(now)));
  }

  /** What is tried now; 0 before the first refusal. */
  double perSecond(long now) {
    double part = (now - startedAt) / SECOND / SECONDS_TO_MARK - 1;
    double cube = part * part * part;
    if (part < 0) {
      return mark + (mark - start) * cube;
    }
    // Where the pace is not used, it is not known to be good either.
    double used = Math.max(1, BEYOND_USED * recentPerSecond(now) / Math.max(mark, SLOWEST));
    return mark * Math.min(1 + BEYOND_MARK * cube, Math.min(used, FARTHEST));
  }

  private void start(double newMark, double part, long now) {
    mark = Math.max(newMark, SLOWEST);
    start = part * mark;
    startedAt = now;
    admittedSince = 0;
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
