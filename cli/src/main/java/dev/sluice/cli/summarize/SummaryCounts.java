package dev.sluice.cli.summarize;

import java.util.LinkedHashMap;
import java.util.Map;

/** Counts the documents of a run by their result. */
final class SummaryCounts {
  private long written;
  private long cutOff;
  private long failed;
  private final Map<String, Long> failures = new LinkedHashMap<>();

  void add(DocumentSummary summary) {
    if (summary.cutOff()) {
      cutOff++;
      return;
    }
    switch (summary) {
      case DocumentSummary.Written text -> written++;
      case DocumentSummary.Missing missing -> {
        failed++;
        failures.merge(missing.code() + ": " + missing.message(), 1L, Long::sum);
      }
    }
  }

  /** Documents with a complete summary. */
  long written() {
    return written;
  }

  /** Documents whose answer was cut off, whether it was kept or not. */
  long cutOff() {
    return cutOff;
  }

  /** Documents without a summary, for any other reason. */
  long failed() {
    return failed;
  }

  /** The most frequent code and message of the failed documents; empty if none failed. */
  String mostFrequentFailure() {
    return failures.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse("");
  }
}
