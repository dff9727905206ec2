package dev.sluice.bench.goodput;

import dev.sluice.bench.analysis.RunAnalysis;
import java.time.Duration;
import java.time.Instant;

/**
 * Result of one system in one case.
 *
 * @param caseId name of the case on the command line
 * @param caseTitle name of the case in the report
 * @param system name of the system under test
 * @param at end of the run
 * @param tasks number of submitted tasks
 * @param answered tasks with a successful reply
 * @param failed tasks that failed
 * @param elapsed time from the submission to the last result
 * @param analysis the provider's view of the run
 */
record BenchmarkResult(
    String caseId,
    String caseTitle,
    String system,
    Instant at,
    int tasks,
    int answered,
    int failed,
    Duration elapsed,
    RunAnalysis analysis) {

  /** Number of tasks without a result. */
  int lost() {
    return tasks - answered - failed;
  }
}
