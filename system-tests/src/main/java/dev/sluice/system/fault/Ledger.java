package dev.sluice.system.fault;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What was accepted and what became of it, what was paid and what was in flight.
 *
 * @param submitted lines of accepted batches
 * @param missing lines that no file has, of batches that came to rest or not
 * @param doubled lines that the files have more than once
 * @param calls that reached the provider
 * @param paid calls that the provider answered well
 * @param paidTwice how many of those were of a request that was paid already
 * @param paidTwiceOfCopies how many of those were of a task that the suite itself published twice
 * @param inFlight calls in flight whenever a process or a connection ended, summed up
 */
record Ledger(
    long submitted,
    long completed,
    long failed,
    long cancelled,
    long expired,
    long missing,
    long doubled,
    long calls,
    long paid,
    long paidTwice,
    long paidTwiceOfCopies,
    long inFlight) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** A call counts as in flight for so long after its answer: until its outcome is confirmed. */
  private static final long CONFIRM_MILLIS = 500;

  static Ledger of(
      Load load, List<JsonNode> calls, List<Struck> struck, Collection<String> copied) {
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
    List<JsonNode> paid =
        calls.stream().filter(call -> call.path("status").asInt() == 200).toList();
    Map<String, Long> payments =
        paid.stream()
            .collect(
                Collectors.groupingBy(
                    call -> call.path("request_sha256").asString(), Collectors.counting()));
    return new Ledger(
        load.submitted(),
        ends.getOrDefault("completed", 0L),
        ends.getOrDefault("failed", 0L),
        ends.getOrDefault("cancelled", 0L),
        ends.getOrDefault("expired", 0L),
        missing,
        doubled,
        calls.size(),
        paid.size(),
        paid.size() - payments.size(),
        copied.stream().distinct().mapToLong(one -> payments.getOrDefault(one, 1L) - 1).sum(),
        struck.stream()
            .filter(one -> one.accident().endsProcessOrConnection())
            .mapToLong(one -> inFlight(calls, one.from()))
            .sum());
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

  private static long inFlight(List<JsonNode> calls, Instant moment) {
    return calls.stream()
        .filter(
            call -> {
              Instant came = Instant.parse(call.path("at").asString());
              Instant settled = came.plusMillis(call.path("latency_ms").asLong() + CONFIRM_MILLIS);
              return !came.isAfter(moment) && settled.isAfter(moment);
            })
        .count();
  }

  /** Every line ended once, and no more was paid twice than was in flight. */
  boolean isBalanced() {
    return completed + failed + cancelled + expired == submitted
        && missing == 0
        && doubled == 0
        && paidTwice - paidTwiceOfCopies <= inFlight;
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
        calls        %,7d, of which answered well (paid) %,d
        paid twice   %,7d, of which tasks that the suite published twice %,d
        in flight    %,7d calls, whenever a process or a connection was ended
        %s""",
        submitted,
        completed,
        failed,
        cancelled,
        expired,
        missing,
        doubled,
        calls,
        paid,
        paidTwice,
        paidTwiceOfCopies,
        inFlight,
        isBalanced() ? "The ledger balances." : "THE LEDGER DOES NOT BALANCE.");
  }
}
