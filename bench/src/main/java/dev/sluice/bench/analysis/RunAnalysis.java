package dev.sluice.bench.analysis;

import java.time.Duration;
import java.util.List;

/**
 * Analysis of a run from the provider's log.
 *
 * @param binding the limit with the larger ratio
 * @param relativeRate charge of the admitted calls after the first, divided by the refill (limit ×
 *     time)
 * @param utilisation charge of all admitted calls, divided by the most that the provider could
 *     admit; never above 1
 * @param calls number of calls
 * @param rejected number of 429s
 * @param callsBeforeRetryAfter number of calls that arrived during a Retry-After delay
 * @param longestAfter429 longest time from the 429 to such a call; zero if there is none
 * @param paidTwice request bodies with more than one successful reply
 * @param otherCalls calls of the other client with the key
 * @param otherRejected 429s of the other client
 * @param seconds samples per second, from the first admitted call on
 */
public record RunAnalysis(
    Unit binding,
    double relativeRate,
    double utilisation,
    int calls,
    int rejected,
    int callsBeforeRetryAfter,
    Duration longestAfter429,
    int paidTwice,
    int otherCalls,
    int otherRejected,
    List<Second> seconds) {

  /**
   * One second of a run.
   *
   * @param allowed refill of the binding limit, minus the charge of the other client
   * @param charged charge of the admitted calls
   * @param rejected number of 429s
   */
  public record Second(double allowed, double charged, int rejected) {}

  public RunAnalysis {
    seconds = List.copyOf(seconds);
  }

  public double rejectedRatio() {
    return calls == 0 ? 0 : (double) rejected / calls;
  }
}
