package dev.sluice.system.fault;

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
 * @param twice of these, calls whose request was paid before
 * @param twiceOfCopies of these, calls of tasks that the suite published twice
 * @param causeless other duplicates without such an end
 * @param inFlight sum of the calls in flight at each such end
 * @param mostAtOnce highest number of duplicates that one end caused
 */
record PaidCalls(
    long calls,
    long paid,
    long twice,
    long twiceOfCopies,
    long causeless,
    long inFlight,
    long mostAtOnce) {
  private static final int GOOD = 200;

  /**
   * A call counts as in flight for this long after its reply: until its outcome is confirmed and
   * its task acknowledged. A busy machine needs up to 2 s.
   */
  private static final Duration SETTLING = Duration.ofSeconds(2);

  /** A worker may notice a lost connection this late. */
  private static final Duration AFTERMATH = Duration.ofSeconds(5);

  static PaidCalls of(
      List<JsonNode> log, List<InjectedIncident> struck, Collection<String> copied) {
    List<Call> calls = log.stream().map(Call::of).toList();
    List<InjectedIncident> ends =
        struck.stream().filter(one -> one.accident().endsProcessOrConnection()).toList();
    Map<String, List<Call>> paid =
        calls.stream()
            .filter(Call::paid)
            .sorted(Comparator.comparing(Call::came))
            .collect(Collectors.groupingBy(Call::request));
    Set<String> copies = Set.copyOf(copied);
    long twiceOfCopies = 0;
    long causeless = 0;
    Map<InjectedIncident, Long> due = new HashMap<>();
    for (Map.Entry<String, List<Call>> request : paid.entrySet()) {
      List<Call> same = request.getValue();
      for (int i = 1; i < same.size(); i++) {
        if (copies.contains(request.getKey())) {
          twiceOfCopies++;
          continue;
        }
        Optional<InjectedIncident> cause = cause(same.get(i - 1), same.get(i), ends, due);
        cause.ifPresent(one -> due.merge(one, 1L, Long::sum));
        causeless += cause.isEmpty() ? 1 : 0;
      }
    }
    long allPaid = paid.values().stream().mapToLong(List::size).sum();
    return new PaidCalls(
        calls.size(),
        allPaid,
        allPaid - paid.size(),
        twiceOfCopies,
        causeless,
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
        .filter(end -> first.came().isBefore(end.until().plus(AFTERMATH)))
        .filter(end -> first.settled().isAfter(end.from()))
        .min(Comparator.comparing(end -> due.getOrDefault(end, 0L)))
        .or(
            () ->
                ends.stream()
                    .filter(end -> end.from().isBefore(second.came()))
                    .max(Comparator.comparing(InjectedIncident::from)));
  }

  private static long inFlight(List<Call> calls, Instant moment) {
    return calls.stream()
        .filter(call -> !call.came().isAfter(moment) && call.settled().isAfter(moment))
        .count();
  }

  /**
   * Whether duplicates do not exceed the calls in flight, for each end and in total.
   *
   * @param most maximum number of concurrent calls
   */
  boolean areInBounds(int most) {
    return mostAtOnce <= most && twice - twiceOfCopies <= inFlight;
  }

  /** A provider call, and the latest time at which its outcome may still be unconfirmed. */
  private record Call(String request, boolean paid, Instant came, Instant settled) {
    static Call of(JsonNode line) {
      Instant came = Instant.parse(line.path("at").asString());
      return new Call(
          line.path("request_sha256").asString(),
          line.path("status").asInt() == GOOD,
          came,
          came.plusMillis(line.path("latency_ms").asLong()).plus(SETTLING));
    }
  }
}
