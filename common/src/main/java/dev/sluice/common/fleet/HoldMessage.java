package dev.sluice.common.fleet;

import java.util.List;
import java.util.Objects;

/**
 * A worker tells all others that a route rests. Times are lengths, so that clocks need not agree.
 *
 * @param worker who tells it
 * @param route which route
 * @param kind as in {@link RouteReport.HoldReport}
 * @param reason a sentence for people
 * @param millis for how long from now on
 * @param limits the pace after it, where the refusal taught something; else empty
 */
public record HoldMessage(
    String worker,
    String route,
    String kind,
    String reason,
    long millis,
    List<AnnouncedLimit> limits) {

  public HoldMessage {
    Objects.requireNonNull(worker, "worker");
    Objects.requireNonNull(route, "route");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(reason, "reason");
    limits = limits == null ? List.of() : List.copyOf(limits); // an older one may leave it out
  }

  /**
   * A limit that was found out by a refusal.
   *
   * @param what as in {@link RouteReport.LimitReport}
   * @param perMinute the pace that was refused: where the workers go back to
   * @param pacePerMinute from which they start
   */
  public record AnnouncedLimit(String what, double perMinute, double pacePerMinute) {
    public AnnouncedLimit {
      Objects.requireNonNull(what, "what");
    }
  }
}
