package dev.sluice.bench.goodput;

import dev.sluice.bench.analysis.RunAnalysis;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Formats the results as text. */
final class ResultTable {
  private static final String HEAD =
      """
      | case | | rate / limit | utilisation | 429s | of calls | before Retry-After | paid twice | lost | elapsed |
      |---|---|--:|--:|--:|--:|--:|--:|--:|--:|
      """;

  private ResultTable() {}

  /** The results as a Markdown table. Only the first row of a case has its title. */
  static String markdown(List<BenchmarkResult> all) {
    StringBuilder table = new StringBuilder(HEAD);
    String last = "";
    for (BenchmarkResult one : all) {
      String title = one.caseTitle().equals(last) ? "" : one.caseTitle();
      last = one.caseTitle();
      table.append(
          cells(one).stream().collect(Collectors.joining(" | ", "| " + title + " | ", " |\n")));
    }
    return table.toString();
  }

  private static List<String> cells(BenchmarkResult one) {
    RunAnalysis runAnalysis = one.analysis();
    return List.of(
        one.system(),
        "%.3f %s"
            .formatted(
                runAnalysis.relativeRate(), runAnalysis.binding().name().toLowerCase(Locale.ROOT)),
        "%.3f".formatted(runAnalysis.utilisation()),
        Integer.toString(runAnalysis.rejected()),
        percent(runAnalysis.rejectedRatio()),
        Integer.toString(runAnalysis.callsBeforeRetryAfter()),
        Integer.toString(runAnalysis.paidTwice()),
        lost(one),
        elapsed(one));
  }

  /** One system's result as a line for the terminal. */
  static String line(BenchmarkResult one) {
    RunAnalysis runAnalysis = one.analysis();
    return "%-16s %-12s rate / limit %.3f (%s), utilisation %.3f, %d x 429 (%s), before Retry-After %s, paid twice %d, lost %s, %s%s"
        .formatted(
            one.caseId(),
            one.system(),
            runAnalysis.relativeRate(),
            runAnalysis.binding().name().toLowerCase(Locale.ROOT),
            runAnalysis.utilisation(),
            runAnalysis.rejected(),
            percent(runAnalysis.rejectedRatio()),
            inside(runAnalysis),
            runAnalysis.paidTwice(),
            lost(one),
            elapsed(one),
            others(runAnalysis));
  }

  private static String others(RunAnalysis runAnalysis) {
    return runAnalysis.otherCalls() == 0
        ? ""
        : "; other client: %d of %d rejected"
            .formatted(runAnalysis.otherRejected(), runAnalysis.otherCalls());
  }

  private static String inside(RunAnalysis runAnalysis) {
    int calls = runAnalysis.callsBeforeRetryAfter();
    return calls == 0
        ? "0"
        : "%d, up to %d ms after the 429"
            .formatted(calls, runAnalysis.longestAfter429().toMillis());
  }

  private static String lost(BenchmarkResult one) {
    return one.failed() == 0
        ? Integer.toString(one.lost())
        : "%d (%d failed)".formatted(one.lost(), one.failed());
  }

  private static String elapsed(BenchmarkResult one) {
    String seconds = "%.1f s".formatted(one.elapsed().toMillis() / 1000.0);
    return one.lost() == 0 ? seconds : "stopped after " + seconds;
  }

  private static String percent(double ratio) {
    return ratio == 0 ? "0" : "%.1f %%".formatted(100 * ratio);
  }
}
