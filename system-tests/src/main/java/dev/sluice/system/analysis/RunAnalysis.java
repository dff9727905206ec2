package dev.sluice.system.analysis;

import java.time.Duration;
import java.util.List;

/**
 * What came of a run, as the provider saw it.
 *
 * @param binding the limit that was used more
 * @param share of the allowance (refill x time), by the admitted calls after the first one
 * @param shareOfCeiling of the most that the provider would have let in: with a full bucket at the
 *     beginning, or with every window that the time touches; never above 1
 * @param calls how many came
 * @param refused how many got a 429
 * @param insideToldWait how many came although a 429 had told to wait, and the time was not over
 * @param longestAfterTold how long after that answer the latest of them came; zero where none did
 * @param paidTwice bodies with more than one reply
 * @param otherCalls calls of the other client on the key
 * @param otherRefused how many of them got a 429
 * @param seconds what happened in each second, from the first admitted call on
 */
public record RunAnalysis(
    Unit binding,
    double share,
    double shareOfCeiling,
    int calls,
    int refused,
    int insideToldWait,
    Duration longestAfterTold,
    int paidTwice,
    int otherCalls,
    int otherRefused,
    List<Second> seconds) {

  /**
   * One second of a run.
   *
   * @param allowed what came back of the binding limit, less what the other client took
   * @param charged what was let in
   * @param refused how many calls got a 429
   */
  public record Second(double allowed, double charged, int refused) {}

  public RunAnalysis {
    seconds = List.copyOf(seconds);
  }

  public double refusedShare() {
    return calls == 0 ? 0 : (double) refused / calls;
  }
}
