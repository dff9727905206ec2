package dev.sluice.worker.fleet;

import dev.sluice.common.fleet.HoldMessage;
import dev.sluice.common.fleet.HoldMessage.AnnouncedLimit;
import dev.sluice.worker.limit.HoldAnnouncement;
import dev.sluice.worker.limit.HoldAnnouncement.Hold;
import dev.sluice.worker.limit.HoldAnnouncement.Release;
import dev.sluice.worker.limit.HoldAnnouncement.SourceHold;
import dev.sluice.worker.limit.HoldAnnouncement.SourceRelease;
import dev.sluice.worker.limit.HoldKind;
import dev.sluice.worker.limit.rate.InferredLimit;
import dev.sluice.worker.limit.rate.LimitKind;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Maps announcements to and from the wire. There a hold of 0 ms is a release. */
final class HoldMapper {
  private static final long RELEASE_MILLIS = 0;

  /** Providers ask for at most a day; longer holds are capped. */
  private static final Duration MAX_HOLD = Duration.ofHours(26);

  private static final double MAX_PER_MINUTE = 1e12;

  private HoldMapper() {}

  static HoldMessage toWire(String worker, String route, HoldAnnouncement announcement) {
    return switch (announcement) {
      case Hold hold ->
          new HoldMessage(
              worker,
              route,
              hold.kind().wireName(),
              hold.reason(),
              millis(hold.duration()),
              limits(hold.inferred()),
              List.copyOf(hold.suspects()),
              List.copyOf(hold.projects()),
              /* partial= */ false);
      case Release release ->
          new HoldMessage(
              worker,
              route,
              release.kind().wireName(),
              release.reason(),
              RELEASE_MILLIS,
              /* limits= */ List.of());
      case SourceHold hold ->
          ofSources(
              worker,
              route,
              hold.kind(),
              hold.reason(),
              millis(hold.duration()),
              hold.sources(),
              hold.projects());
      case SourceRelease release ->
          ofSources(
              worker,
              route,
              release.kind(),
              release.reason(),
              RELEASE_MILLIS,
              release.sources(),
              List.of());
    };
  }

  private static HoldMessage ofSources(
      String worker,
      String route,
      HoldKind kind,
      String reason,
      long millis,
      Collection<String> sources,
      Collection<String> projects) {
    return new HoldMessage(
        worker,
        route,
        kind.wireName(),
        reason,
        millis,
        /* limits= */ List.of(),
        List.copyOf(sources),
        List.copyOf(projects),
        /* partial= */ true);
  }

  /** A hold of less than 1 ms must not become a release. */
  private static long millis(Duration duration) {
    return Math.max(duration.toMillis(), RELEASE_MILLIS + 1);
  }

  private static List<AnnouncedLimit> limits(Map<LimitKind, InferredLimit> inferred) {
    return inferred.entrySet().stream()
        .map(
            entry ->
                new AnnouncedLimit(
                    entry.getKey().wireName(),
                    60 * entry.getValue().ceiling(),
                    60 * entry.getValue().rate()))
        .toList();
  }

  /** The announcement of a peer; empty if its kind is not known here. */
  static Optional<HoldAnnouncement> fromWire(HoldMessage message) {
    return WireEnums.find(HoldKind.class, message.kind()).map(kind -> fromWire(kind, message));
  }

  private static HoldAnnouncement fromWire(HoldKind kind, HoldMessage message) {
    String reason = message.reason();
    Set<String> sources = Set.copyOf(message.sources());
    Set<String> projects = Set.copyOf(message.projects());
    if (message.millis() <= RELEASE_MILLIS) {
      return message.partial()
          ? new SourceRelease(kind, reason, sources)
          : new Release(kind, reason);
    }
    Duration duration = Duration.ofMillis(Math.min(message.millis(), MAX_HOLD.toMillis()));
    return message.partial()
        ? new SourceHold(kind, reason, duration, sources, projects)
        : new Hold(kind, reason, duration, inferred(message.limits()), sources, projects);
  }

  private static Map<LimitKind, InferredLimit> inferred(List<AnnouncedLimit> limits) {
    Map<LimitKind, InferredLimit> inferred = new EnumMap<>(LimitKind.class);
    limits.stream()
        .filter(HoldMapper::isPlausible)
        .forEach(
            limit ->
                WireEnums.find(LimitKind.class, limit.limit())
                    .ifPresent(
                        kind ->
                            inferred.put(
                                kind,
                                new InferredLimit(
                                    limit.perMinute() / 60, limit.targetPerMinute() / 60))));
    return inferred;
  }

  private static boolean isPlausible(AnnouncedLimit limit) {
    return limit.targetPerMinute() > 0
        && limit.targetPerMinute() <= limit.perMinute()
        && limit.perMinute() <= MAX_PER_MINUTE;
  }
}
