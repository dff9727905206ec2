package dev.sluice.common.fleet;

import com.fasterxml.jackson.annotation.JsonAlias;
import java.util.List;
import java.util.Objects;

/**
 * Announces a route hold to all workers. Times are durations, so that clocks need not be
 * synchronized.
 *
 * @param worker name of the announcing worker
 * @param route name of the held route; {@code route/member} if only one member is held
 * @param kind as in {@link RouteReport.HoldReport}
 * @param reason human-readable
 * @param millis remaining duration of the hold, in milliseconds
 * @param limits limits inferred from the 429 response, and the rates after the hold; empty if none
 * @param sources the sources whose failures caused the hold, see {@link HeldSource}; empty if
 *     unknown
 * @param projects the projects of these sources; empty if unknown
 * @param partial whether only these sources are held or released, not the whole route
 */
public record HoldMessage(
    String worker,
    String route,
    String kind,
    String reason,
    long millis,
    List<AnnouncedLimit> limits,
    List<String> sources,
    List<String> projects,
    boolean partial) {

  public HoldMessage {
    Objects.requireNonNull(worker, "worker");
    Objects.requireNonNull(route, "route");
    Objects.requireNonNull(kind, "kind");
    kind = LegacyNames.current(kind);
    Objects.requireNonNull(reason, "reason");
    limits = limits == null ? List.of() : List.copyOf(limits); // optional in earlier versions
    sources = sources == null ? List.of() : List.copyOf(sources);
    projects = projects == null ? List.of() : List.copyOf(projects);
  }

  /** A hold or release of the whole route. */
  public HoldMessage(
      String worker,
      String route,
      String kind,
      String reason,
      long millis,
      List<AnnouncedLimit> limits) {
    this(worker, route, kind, reason, millis, limits, List.of(), List.of(), false);
  }

  /**
   * A limit that was inferred from a 429 response.
   *
   * @param limit as in {@link RouteReport.LimitReport}
   * @param perMinute rate at the 429 response, towards which the workers increase again
   * @param targetPerMinute rate with which the workers resume
   */
  public record AnnouncedLimit(
      @JsonAlias("what") String limit,
      double perMinute,
      @JsonAlias("pacePerMinute") double targetPerMinute) {
    public AnnouncedLimit {
      Objects.requireNonNull(limit, "limit");
    }
  }
}
