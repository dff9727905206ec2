package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.InferredLimit;
import dev.sluice.worker.limit.rate.LimitKind;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** The start or the end of a hold on one route, as workers announce it to their peers. */
public sealed interface HoldAnnouncement {

  /**
   * The route is held.
   *
   * @param reason a sentence for operators
   * @param duration from now, above 0
   * @param inferred limits that the worker inferred from 429s
   * @param suspects the sources whose failures caused the hold; empty if unknown
   * @param projects the projects of these sources; empty if unknown
   */
  record Hold(
      HoldKind kind,
      String reason,
      Duration duration,
      Map<LimitKind, InferredLimit> inferred,
      Set<String> suspects,
      Set<String> projects)
      implements HoldAnnouncement {

    /** The same hold for its suspects only. */
    SourceHold ofSources() {
      return new SourceHold(kind, reason, duration, suspects, projects);
    }
  }

  /**
   * A probe succeeded: the holds of this kind have ended, of the route and of all sources.
   *
   * @param reason the reason of the hold that ends
   */
  record Release(HoldKind kind, String reason) implements HoldAnnouncement {}

  /**
   * These sources are held, and no others.
   *
   * @param reason a sentence for operators
   * @param duration from now, above 0
   * @param projects the projects of these sources; empty if unknown
   */
  record SourceHold(
      HoldKind kind, String reason, Duration duration, Set<String> sources, Set<String> projects)
      implements HoldAnnouncement {}

  /**
   * The holds of these sources have ended: they or others succeed.
   *
   * @param reason the reason of one of the holds
   */
  record SourceRelease(HoldKind kind, String reason, Set<String> sources)
      implements HoldAnnouncement {}
}
