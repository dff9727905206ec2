package dev.sluice.cli.batch;

import java.util.LinkedHashMap;
import java.util.Map;

/** Counts the requests of a run by their answer. */
public final class AnswerCounts {
  private long complete;
  private long cutOff;
  private long failed;
  private final Map<String, Long> failures = new LinkedHashMap<>();

  public void add(Answer answer) {
    if (answer.cutOff()) {
      cutOff++;
      return;
    }
    switch (answer) {
      case Answer.Text text -> complete++;
      case Answer.Missing missing -> {
        failed++;
        failures.merge(missing.reason(), 1L, Long::sum);
      }
    }
  }

  /** Requests with a complete answer. */
  long complete() {
    return complete;
  }

  /** Requests whose answer was cut off, whether it was kept or not. */
  public long cutOff() {
    return cutOff;
  }

  /** Requests without an answer, for any other reason. */
  public long failed() {
    return failed;
  }

  /** The most frequent code and message of the failed requests; empty if none failed. */
  String mostFrequentFailure() {
    return failures.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse("");
  }
}
