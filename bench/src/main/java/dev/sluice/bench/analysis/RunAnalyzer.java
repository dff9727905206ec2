package dev.sluice.bench.analysis;

import dev.sluice.bench.analysis.RunAnalysis.Second;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Calculates the rate relative to the limit. It is the charge of the calls after the first, divided
 * by the refill between the first and the last admitted call, minus the charge of the other client.
 * The first call starts the period and is not counted: n calls have n − 1 intervals between them.
 * The limit with the larger ratio is the binding one.
 */
public final class RunAnalyzer {
  private final LimitSchedule limitSchedule;
  private final Set<String> bodies;

  /**
   * Creates an analyzer for a run.
   *
   * @param bodies hashes of the system's request bodies; all other calls belong to another client
   */
  public RunAnalyzer(LimitSchedule limitSchedule, Set<String> bodies) {
    this.limitSchedule = limitSchedule;
    this.bodies = Set.copyOf(bodies);
  }

  /** Analyzes the calls with the key, in order of arrival. */
  public RunAnalysis analyze(List<ProviderCall> calls) {
    List<ProviderCall> own = calls.stream().filter(call -> bodies.contains(call.body())).toList();
    List<ProviderCall> others =
        calls.stream().filter(call -> !bodies.contains(call.body())).toList();
    List<ProviderCall> admitted = own.stream().filter(ProviderCall::admitted).toList();
    if (admitted.size() < 2) {
      return analysis(Unit.REQUESTS, new Ratios(0, 0), own, others, List.of());
    }
    Run run = new Run(admitted, others.stream().filter(ProviderCall::admitted).toList());
    Unit binding =
        Arrays.stream(Unit.values())
            .max(Comparator.comparingDouble(unit -> shares(unit, run).ofRefill()))
            .orElseThrow();
    return analysis(binding, shares(binding, run), own, others, seconds(binding, run, own));
  }

  private record Ratios(double ofRefill, double ofCeiling) {}

  /** Admitted calls of the system, at least two, and of the other client. */
  private record Run(List<ProviderCall> own, List<ProviderCall> others) {
    private Instant first() {
      return own.getFirst().at();
    }

    private Instant last() {
      return own.getLast().at();
    }
  }

  private Ratios shares(Unit unit, Run run) {
    double all = run.own().stream().mapToLong(unit::chargeOf).sum();
    double afterTheFirst = all - unit.chargeOf(run.own().getFirst());
    double taken = chargedWithin(unit, run.others(), run.first(), run.last());
    double refill = limitSchedule.refill(unit, run.first(), run.last()) - taken;
    double ceiling = limitSchedule.ceiling(unit, run.first(), run.last()) - taken;
    return new Ratios(refill <= 0 ? 0 : afterTheFirst / refill, ceiling <= 0 ? 0 : all / ceiling);
  }

  private static double chargedWithin(
      Unit unit, List<ProviderCall> calls, Instant from, Instant to) {
    return calls.stream()
        .filter(call -> !call.at().isBefore(from) && call.at().isBefore(to))
        .mapToLong(unit::chargeOf)
        .sum();
  }

  private List<Second> seconds(Unit unit, Run run, List<ProviderCall> own) {
    List<ProviderCall> rejected = own.stream().filter(ProviderCall::rejected).toList();
    List<Second> seconds = new ArrayList<>();
    Instant from = run.first();
    while (!from.isAfter(run.last())) {
      Instant to = from.plusSeconds(1);
      double taken = chargedWithin(unit, run.others(), from, to);
      seconds.add(
          new Second(
              Math.max(0, limitSchedule.refill(unit, from, to) - taken),
              chargedWithin(unit, run.own(), from, to),
              (int) chargedWithin(Unit.REQUESTS, rejected, from, to)));
      from = to;
    }
    return seconds;
  }

  private static RunAnalysis analysis(
      Unit binding,
      Ratios shares,
      List<ProviderCall> own,
      List<ProviderCall> others,
      List<Second> seconds) {
    List<Duration> timesAfter429 = timesAfter429(own);
    return new RunAnalysis(
        binding,
        shares.ofRefill(),
        shares.ofCeiling(),
        own.size(),
        count429(own),
        timesAfter429.size(),
        timesAfter429.stream().max(Comparator.naturalOrder()).orElse(Duration.ZERO),
        paidTwice(own),
        others.size(),
        count429(others),
        seconds);
  }

  private static int count429(List<ProviderCall> calls) {
    return (int) calls.stream().filter(ProviderCall::rejected).count();
  }

  /**
   * For each call within a Retry-After delay, the time since the reply. A call that arrived before
   * the 429 was sent does not count.
   */
  private static List<Duration> timesAfter429(List<ProviderCall> own) {
    List<ProviderCall> rejections =
        own.stream()
            .filter(call -> call.rejected() && call.retryAfter().compareTo(Duration.ZERO) > 0)
            .toList();
    return own.stream()
        .flatMap(
            call ->
                rejections.stream()
                    .filter(one -> one.isDuringRetryAfter(call.at()))
                    .map(one -> Duration.between(one.answeredAt(), call.at()))
                    .max(Comparator.naturalOrder())
                    .stream())
        .toList();
  }

  private static int paidTwice(List<ProviderCall> own) {
    Map<String, Integer> replies = new HashMap<>();
    own.stream()
        .filter(ProviderCall::admitted)
        .forEach(call -> replies.merge(call.body(), 1, Integer::sum));
    return (int) replies.values().stream().filter(count -> count > 1).count();
  }
}
