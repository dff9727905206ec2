package dev.sluice.system.report;

import dev.sluice.system.analysis.RunAnalysis;
import java.time.Duration;
import java.time.Instant;

/**
 * One contender in one case.
 *
 * @param caseId as the command line has it
 * @param caseTitle what the case is about
 * @param contender its name
 * @param at when it ended
 * @param tasks how many were submitted
 * @param answered how many have a reply
 * @param failed how many were given up
 * @param elapsed from the submission to the last result
 * @param judgement what the provider saw
 */
public record BenchmarkResult(
    String caseId,
    String caseTitle,
    String contender,
    Instant at,
    int tasks,
    int answered,
    int failed,
    Duration elapsed,
    RunAnalysis judgement) {

  /** Tasks without a result. */
  public int lost() {
    return tasks - answered - failed;
  }
}
