package dev.sluice.worker.fleet;

import dev.sluice.worker.limit.HoldKind;
import dev.sluice.worker.limit.rate.InferredLimit;
import dev.sluice.worker.limit.rate.LimitKind;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** The start or the end of a hold on one route, as workers announce it to their peers. */
sealed interface HoldAnnouncement {

  /** The route is held. */
  record Hold(
      HoldKind kind,
      String reason,
      Duration duration,
      Map<LimitKind, InferredLimit> inferred,
      Set<String> suspects)
      implements HoldAnnouncement {}

  /** The holds of this kind have ended. */
  record Release(HoldKind kind, String reason) implements HoldAnnouncement {}

  /** These sources are held, and no others. */
  record SourceHold(HoldKind kind, String reason, Duration duration, Set<String> sources)
      implements HoldAnnouncement {}

  /** The holds of these sources have ended. */
  record SourceRelease(HoldKind kind, String reason, Set<String> sources)
      implements HoldAnnouncement {}
}
