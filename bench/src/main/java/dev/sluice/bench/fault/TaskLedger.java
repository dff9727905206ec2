package dev.sluice.bench.fault;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Compares accepted tasks with their results, and paid calls with calls in flight.
 *
 * @param submitted lines of accepted batches
 * @param missing lines without a result in any file
 * @param duplicated lines with more than one result
 * @param outcomes received outcomes; null if no listener ran
 * @param maxInFlight maximum number of concurrent calls
 */
record TaskLedger(
    long submitted,
    long completed,
    long failed,
    long cancelled,
    long expired,
    long missing,
    long duplicated,
    PaidCalls payments,
    OutcomeListener.@Nullable ReceivedOutcomes outcomes,
    int maxInFlight) {
  private static final JsonMapper JSON = JsonMapper.shared();

  static TaskLedger of(
      BatchLoad load,
      PaidCalls paidCalls,
      OutcomeListener.@Nullable ReceivedOutcomes outcomes,
      int maxInFlight) {
    Map<String, Long> counts = new TreeMap<>();
    long missing = 0;
    long duplicated = 0;
    for (String id : load.batches().keySet()) {
      JsonNode batch = load.batch(id);
      List<JsonNode> lines =
          (load.content(batch.path("output_file_id")) + load.content(batch.path("error_file_id")))
              .lines()
              .map(JSON::readTree)
              .toList();
      Set<String> distinct =
          lines.stream().map(line -> line.path("custom_id").asString()).collect(Collectors.toSet());
      missing += load.lines() - distinct.size();
      duplicated += lines.size() - distinct.size();
      lines.forEach(line -> counts.merge(result(line), 1L, Long::sum));
    }
    return new TaskLedger(
        load.submitted(),
        counts.getOrDefault("completed", 0L),
        counts.getOrDefault("failed", 0L),
        counts.getOrDefault("cancelled", 0L),
        counts.getOrDefault("expired", 0L),
        missing,
        duplicated,
        paidCalls,
        outcomes,
        maxInFlight);
  }

  private static String result(JsonNode line) {
    if (line.path("response").path("status_code").asInt() == 200) {
      return "completed";
    }
    return switch (line.path("error").path("code").asString("")) {
      case "batch_cancelled" -> "cancelled";
      case "batch_expired" -> "expired";
      default -> "failed";
    };
  }

  /**
   * Whether tasks were accepted, every line finished once, and duplicates do not exceed the calls
   * in flight.
   */
  boolean isBalanced() {
    return submitted > 0
        && completed + failed + cancelled + expired == submitted
        && missing == 0
        && duplicated == 0
        && payments.areWithin(maxInFlight);
  }

  String report() {
    return String.format(
        Locale.ROOT,
        """
        submitted    %,7d
        = completed  %,7d
        + failed     %,7d
        + cancelled  %,7d
        + expired    %,7d
        missing      %,7d
        duplicated   %,7d
        %scalls        %,7d, of which successful (paid) %,d
        paid twice   %,7d, of which tasks that the suite published twice %,d
        in flight    %,7d calls, at the end of a process or connection
        for one end  %,7d paid twice at most, of %d possible calls in flight
        unexplained  %,7d paid twice without such an end
        %s""",
        submitted,
        completed,
        failed,
        cancelled,
        expired,
        missing,
        duplicated,
        outcomeLine(),
        payments.calls(),
        payments.paid(),
        payments.duplicates(),
        payments.duplicatesOfCopies(),
        payments.inFlight(),
        payments.maxPerEnd(),
        maxInFlight,
        payments.unexplained(),
        isBalanced() ? "The ledger balances." : "THE LEDGER DOES NOT BALANCE.");
  }

  private String outcomeLine() {
    return outcomes == null
        ? ""
        : String.format(
            Locale.ROOT,
            "outcomes     %,7d published, of which copies of an earlier outcome %,d%n",
            outcomes.outcomes(),
            outcomes.duplicates());
  }
}
