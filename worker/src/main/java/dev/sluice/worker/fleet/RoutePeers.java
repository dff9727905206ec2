package dev.sluice.worker.fleet;

import dev.sluice.common.fleet.HoldMessage;
import dev.sluice.common.fleet.HoldMessage.AnnouncedLimit;
import dev.sluice.common.fleet.LivePriorityMessage;
import dev.sluice.worker.limit.HoldKind;
import dev.sluice.worker.limit.PeerWorkers;
import dev.sluice.worker.limit.rate.InferredLimit;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Announces the holds and live calls of one route to the peers. */
final class RoutePeers implements PeerWorkers {
  private static final Logger log = LoggerFactory.getLogger(RoutePeers.class);

  /** On the wire, a hold of this duration releases the route. */
  private static final long RELEASE_MILLIS = 0;

  private final String worker;
  private final String route;
  private final LimitFraction fraction;
  private final Consumer<HoldMessage> holds;
  private final Consumer<LivePriorityMessage> livePriorities;

  /**
   * @param holds publishes a message without blocking
   * @param livePriorities publishes a message without blocking
   */
  RoutePeers(
      String worker,
      String route,
      LimitFraction fraction,
      Consumer<HoldMessage> holds,
      Consumer<LivePriorityMessage> livePriorities) {
    this.worker = worker;
    this.route = route;
    this.fraction = fraction;
    this.holds = holds;
    this.livePriorities = livePriorities;
  }

  /** Whether a received message ends a hold instead of starting one. */
  static boolean isRelease(HoldMessage message) {
    return message.millis() <= RELEASE_MILLIS;
  }

  @Override
  public double limitFraction() {
    return fraction.limitFraction();
  }

  @Override
  public void announceHold(
      HoldKind kind,
      String reason,
      Duration duration,
      Map<LimitKind, InferredLimit> inferred,
      Set<String> suspects) {
    if (kind.needsAttention()) {
      log.warn("Route {} is held for {} ms: {}", route, duration.toMillis(), reason);
    } else {
      log.info("Route {} is held for {} ms: {}", route, duration.toMillis(), reason);
    }
    List<AnnouncedLimit> limits =
        inferred.entrySet().stream()
            .map(
                entry ->
                    new AnnouncedLimit(
                        entry.getKey().wireName(),
                        60 * entry.getValue().ceiling(),
                        60 * entry.getValue().rate()))
            .toList();
    holds.accept(
        new HoldMessage(
            worker,
            route,
            kind.wireName(),
            reason,
            duration.toMillis(),
            limits,
            List.copyOf(suspects),
            /* partial= */ false));
  }

  @Override
  public void announceRelease(HoldKind kind, String reason) {
    log.info("Route {} is released; the reason of the hold was: {}", route, reason);
    holds.accept(
        new HoldMessage(worker, route, kind.wireName(), reason, RELEASE_MILLIS, List.of()));
  }

  @Override
  public void announceSourceHold(
      HoldKind kind, String reason, Duration duration, Set<String> sources) {
    log.warn("Route {} holds {} for {} ms: {}", route, sources, duration.toMillis(), reason);
    holds.accept(
        new HoldMessage(
            worker,
            route,
            kind.wireName(),
            reason,
            duration.toMillis(),
            List.of(),
            List.copyOf(sources),
            /* partial= */ true));
  }

  @Override
  public void announceSourceRelease(HoldKind kind, String reason, Set<String> sources) {
    log.info("Route {} releases {}; the reason of the hold was: {}", route, sources, reason);
    holds.accept(
        new HoldMessage(
            worker,
            route,
            kind.wireName(),
            reason,
            RELEASE_MILLIS,
            List.of(),
            List.copyOf(sources),
            /* partial= */ true));
  }

  @Override
  public void announceLivePriority(TokenCost cost) {
    livePriorities.accept(new LivePriorityMessage(worker, route, cost.input(), cost.output()));
  }
}
