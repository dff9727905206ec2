package dev.sluice.system.fault;

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
 * @param doubled lines with more than one result
 * @param outcomes received outcomes; null if no listener ran
 * @param most maximum number of concurrent calls
 */
record TaskLedger(
    long submitted,
    long completed,
    long failed,
    long cancelled,
    long expired,
    long missing,
    long doubled,
    PaidCalls payments,
    OutcomeListener.@Nullable ReceivedOutcomes outcomes,
    int most) {
  private static final JsonMapper JSON = JsonMapper.shared();

  static TaskLedger of(
      BatchLoad load,
      PaidCalls paidCalls,
      OutcomeListener.@Nullable ReceivedOutcomes outcomes,
      int most) {
    Map<String, Long> ends = new TreeMap<>();
    long missing = 0;
    long doubled = 0;
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
      doubled += lines.size() - distinct.size();
      lines.forEach(line -> ends.merge(end(line), 1L, Long::sum));
    }
    return new TaskLedger(
        load.submitted(),
        ends.getOrDefault("completed", 0L),
        ends.getOrDefault("failed", 0L),
        ends.getOrDefault("cancelled", 0L),
        ends.getOrDefault("expired", 0L),
        missing,
        doubled,
        paidCalls,
        outcomes,
        most);
  }

  private static String end(JsonNode line) {
    if (line.path("response").path("status_code").asInt() == 200) {
      return "completed";
    }
    return switch (line.path("error").path("code").asString("")) {
      case "batch_cancelled" -> "cancelled";
      case "batch_expired" -> "expired";
      default -> "failed";
    };
  }

  /** Whether every line finished once, and duplicates do not exceed the calls in flight. */
  boolean isBalanced() {
    return completed + failed + cancelled + expired == submitted
        && missing == 0
        && doubled == 0
        && payments.areInBounds(most);
  }

  String shown() {
    return String.format(
        Locale.ROOT,
        """
        submitted    %,7d
        = completed  %,7d
        + failed     %,7d
        + cancelled  %,7d
        + expired    %,7d
        missing      %,7d
        twice        %,7d
        %scalls        %,7d, of which answered well (paid) %,d
        paid twice   %,7d, of which tasks that the suite published twice %,d
        in flight    %,7d calls, whenever a process or a connection was ended
        at one end   %,7d paid twice at most, of %d that can be in flight
        causeless    %,7d paid twice where nothing had ended
        %s""",
        submitted,
        completed,
        failed,
        cancelled,
        expired,
        missing,
        doubled,
        heard(),
        payments.calls(),
        payments.paid(),
        payments.twice(),
        payments.twiceOfCopies(),
        payments.inFlight(),
        payments.mostAtOnce(),
        most,
        payments.causeless(),
        isBalanced() ? "The ledger balances." : "THE LEDGER DOES NOT BALANCE.");
  }

  private String heard() {
    return outcomes == null
        ? ""
        : String.format(
            Locale.ROOT,
            "outcomes     %,7d published, of which copies of one before %,d%n",
            outcomes.outcomes(),
            outcomes.twice());
  }
}
