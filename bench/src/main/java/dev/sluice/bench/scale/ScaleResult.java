package dev.sluice.bench.scale;

import java.time.Duration;
import java.util.List;

/**
 * Result of one run.
 *
 * @param signal scaling signal
 * @param concurrency maximum concurrent calls per worker
 * @param allowedPerSecond calls per second that the provider allows
 * @param answered tasks with a successful reply
 * @param elapsed time from the submission to the last result
 * @param calls calls that reached the provider, including the task that scales the route up again
 *     at the end
 * @param repeated admitted calls whose request was admitted before
 * @param rejected calls that the provider rejected with 429
 * @param aborted calls whose connection was closed before their reply
 * @param scaling times after the last result
 * @param seconds samples per second, from the submission on
 */
record ScaleResult(
    ScalingSignal signal,
    int concurrency,
    double allowedPerSecond,
    long answered,
    Duration elapsed,
    long calls,
    long repeated,
    long rejected,
    long aborted,
    ScalingTimes scaling,
    List<Second> seconds) {

  /**
   * Times after the last result.
   *
   * @param downToOne until one worker remains; zero if there was never more than one
   * @param downToZero until no worker remains
   * @param upFromZero from the submission of one more task to its result, starting with no worker
   */
  record ScalingTimes(Duration downToOne, Duration downToZero, Duration upFromZero) {}

  /**
   * One sample.
   *
   * @param pods desired number of pods
   * @param processes number of processes, including those that start or drain
   * @param inFlight provider calls in flight
   * @param admitted calls that the provider admitted during the second
   */
  record Second(int pods, int processes, long inFlight, long admitted) {}

  ScaleResult {
    seconds = List.copyOf(seconds);
  }

  int maxPods() {
    return seconds.stream().mapToInt(Second::pods).max().orElse(0);
  }

  long podSeconds() {
    return seconds.stream().mapToLong(Second::processes).sum();
  }

  /** Fraction of the workers' call capacity that was in use until the last result. */
  double utilization() {
    List<Second> working = seconds.stream().limit(elapsed.toSeconds()).toList();
    double capacity = working.stream().mapToLong(Second::processes).sum() * (double) concurrency;
    return capacity == 0 ? 0 : working.stream().mapToLong(Second::inFlight).sum() / capacity;
  }

  /** Fraction of the provider's limit that was used until the last result. */
  double relativeRate() {
    return answered / (allowedPerSecond * elapsed.toMillis() / 1000.0);
  }
}
