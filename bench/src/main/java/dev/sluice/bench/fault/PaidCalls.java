package dev.sluice.bench.fault;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Counts provider calls that were paid, and those that were paid again. Assigns each duplicate to
 * the end of a process or connection that overlaps the first call or shortly precedes it.
 *
 * @param calls calls that reached the provider
 * @param paid calls with a 200
 * @param duplicates of these, calls whose request was paid before
 * @param duplicatesOfCopies of these, calls of tasks that the suite published twice
 * @param unexplained other duplicates without such an end
 * @param inFlight sum of the calls in flight at each such end
 * @param maxPerEnd highest number of duplicates that one end caused
 */
record PaidCalls(
    long calls,
    long paid,
    long duplicates,
    long duplicatesOfCopies,
    long unexplained,
    long inFlight,
    long maxPerEnd) {
  private static final int OK = 200;

  /**
   * A call counts as in flight for this long after its reply: until its outcome is confirmed and
   * its task acknowledged. A busy machine needs up to 2 s.
   */
  private static final Duration SETTLEMENT_TIME = Duration.ofSeconds(2);

  /** A worker may notice a lost connection this late. */
  private static final Duration DETECTION_DELAY = Duration.ofSeconds(5);

  static PaidCalls of(
      List<JsonNode> log, List<InjectedIncident> injected, Collection<String> copied) {
    List<Call> calls = log.stream().map(Call::of).toList();
    List<InjectedIncident> ends =
        injected.stream().filter(one -> one.incident().endsProcessOrConnection()).toList();
    Map<String, List<Call>> paid =
        calls.stream()
            .filter(Call::paid)
            .sorted(Comparator.comparing(Call::arrived))
            .collect(Collectors.groupingBy(Call::request));
    Set<String> copies = Set.copyOf(copied);
    long duplicatesOfCopies = 0;
    long unexplained = 0;
    Map<InjectedIncident, Long> due = new HashMap<>();
    for (Map.Entry<String, List<Call>> request : paid.entrySet()) {
      List<Call> same = request.getValue();
      for (int i = 1; i < same.size(); i++) {
        if (copies.contains(request.getKey())) {
          duplicatesOfCopies++;
          continue;
        }
        Optional<InjectedIncident> cause = cause(same.get(i - 1), same.get(i), ends, due);
        cause.ifPresent(one -> due.merge(one, 1L, Long::sum));
        unexplained += cause.isEmpty() ? 1 : 0;
      }
    }
    long allPaid = paid.values().stream().mapToLong(List::size).sum();
    return new PaidCalls(
        calls.size(),
        allPaid,
        allPaid - paid.size(),
        duplicatesOfCopies,
        unexplained,
        ends.stream().mapToLong(end -> inFlight(calls, end.from())).sum(),
        due.values().stream().mapToLong(Long::longValue).max().orElse(0));
  }

  /**
   * The end that overlaps the first call; of several, the one with the fewest duplicates so far. If
   * there is none, the last end before the second call: it left two copies of an uncalled task.
   */
  private static Optional<InjectedIncident> cause(
      Call first, Call second, List<InjectedIncident> ends, Map<InjectedIncident, Long> due) {
    return ends.stream()
        .filter(end -> first.arrived().isBefore(end.until().plus(DETECTION_DELAY)))
        .filter(end -> first.settled().isAfter(end.from()))
        .min(Comparator.comparing(end -> due.getOrDefault(end, 0L)))
        .or(
            () ->
                ends.stream()
                    .filter(end -> end.from().isBefore(second.arrived()))
                    .max(Comparator.comparing(InjectedIncident::from)));
  }

  private static long inFlight(List<Call> calls, Instant time) {
    return calls.stream()
        .filter(call -> !call.arrived().isAfter(time) && call.settled().isAfter(time))
        .count();
  }

  /**
   * Whether duplicates do not exceed the calls in flight, for each end and in total.
   *
   * @param maxInFlight maximum number of concurrent calls
   */
  boolean areWithin(int maxInFlight) {
    return maxPerEnd <= maxInFlight && duplicates - duplicatesOfCopies <= inFlight;
  }

  /** A provider call, and the latest time at which its outcome may still be unconfirmed. */
  private record Call(String request, boolean paid, Instant arrived, Instant settled) {
    static Call of(JsonNode line) {
      Instant arrived = Instant.parse(line.path("at").asString());
      return new Call(
          line.path("request_sha256").asString(),
          line.path("status").asInt() == OK,
          arrived,
          arrived.plusMillis(line.path("latency_ms").asLong()).plus(SETTLEMENT_TIME));
    }
  }
}
