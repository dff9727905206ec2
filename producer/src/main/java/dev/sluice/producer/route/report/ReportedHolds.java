package dev.sluice.producer.route.report;

import dev.sluice.api.route.RouteStatus.Hold;
import dev.sluice.common.fleet.RouteReport.HoldReport;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Merges the holds in the workers' reports on one route: the longest one wins. */
final class ReportedHolds {
  /** The kind of a hold by an operator. */
  static final String MANUAL = "manual";

  private static final Set<String> ENDED_BY_PROBE =
      Set.of("quota", "api_key", "model_not_found", "breaker");

  private static final Comparator<Hold> BY_END =
      Comparator.comparing((Hold hold) -> !hold.partial())
          .thenComparing(hold -> Optional.ofNullable(hold.until()).orElse(Instant.MAX));

  private ReportedHolds() {}

  /**
   * Returns the hold of the route that ends last, else that of sources; empty if no worker holds
   * any.
   */
  static Optional<Hold> last(List<ReportedRoute> serving, Instant now) {
    List<Hold> active =
        serving.stream().map(worker -> of(worker, now)).flatMap(Optional::stream).toList();
    return active.stream().max(BY_END).map(last -> withAllSources(last, active));
  }

  /** A worker that does not know the sources that caused a hold does not name any. */
  private static Hold withAllSources(Hold last, List<Hold> active) {
    List<String> sources =
        active.stream()
            .filter(hold -> hold.kind().equals(last.kind()) && hold.partial() == last.partial())
            .flatMap(hold -> hold.sources().stream())
            .distinct()
            .toList();
    return new Hold(
        last.kind(),
        last.reason(),
        last.since(),
        last.until(),
        last.probing(),
        last.partial(),
        sources,
        last.endsByProbe());
  }

  /** Returns the hold that a worker reports; empty if there is none, or if it has ended since. */
  static Optional<Hold> of(ReportedRoute worker, Instant now) {
    HoldReport hold = worker.report().hold();
    return hold == null
        ? Optional.empty()
        : Optional.of(
                new Hold(
                    hold.kind(),
                    hold.reason(),
                    null,
                    hold.kind().equals(MANUAL)
                        ? null
                        : worker
                            .at()
                            .plusMillis(hold.remainingMillis())
                            .truncatedTo(ChronoUnit.MILLIS),
                    hold.probing(),
                    hold.partial(),
                    hold.sources(),
                    hold.endsByProbe() || ENDED_BY_PROBE.contains(hold.kind())))
            .filter(reported -> isActive(reported, now));
  }

  /**
   * A rate-limit hold ends at its time, even if the worker has not reported it; other holds end by
   * a probe.
   */
  private static boolean isActive(Hold hold, Instant now) {
    Instant until = hold.until();
    return hold.endsByProbe() || hold.probing() || until == null || until.isAfter(now);
  }
}
