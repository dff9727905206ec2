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
 * Calls that were paid for, and those that were paid for again: each of them is laid to the end of
 * a process or a connection at which the first of the two was in flight, or in whose aftermath.
 *
 * @param calls that reached the provider
 * @param paid calls that the provider answered well
 * @param twice how many of those were of a request that was paid already
 * @param twiceOfCopies how many of those were of a task that the suite itself published twice
 * @param causeless how many others were paid twice although no process and no connection had ended
 * @param inFlight calls in flight whenever a process or a connection ended, summed up
 * @param mostAtOnce how many were paid twice for one and the same end, at most
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
   * A call counts as in flight for so long after its answer: until its outcome is confirmed and its
   * task acknowledged. A machine that does ten other things takes its time.
   */
  private static final Duration SETTLING = Duration.ofSeconds(2);

  /** For so long a worker may not know that its connection is gone. */
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
   * The end of which the first call was in the middle; of several, the one with the least to its
   * charge. Without one it is the last end before the second call: it left two copies of a task
   * that nobody had called yet.
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
   * No more than was in flight: for each end, and for all together.
   *
   * @param most how many calls can be in flight at once
   */
  boolean areInBounds(int most) {
    return mostAtOnce <= most && twice - twiceOfCopies <= inFlight;
  }

  /** A call as the provider saw it, and until when its outcome may not have been safe. */
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
