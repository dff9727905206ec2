package dev.sluice.worker.fleet;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.HoldMessage;
import dev.sluice.common.fleet.LivePriorityMessage;
import dev.sluice.worker.limit.HoldKind;
import dev.sluice.worker.limit.PeerWorkers;
import dev.sluice.worker.limit.rate.InferredLimit;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces the holds and live calls of one route to the peers, and the new state to the producers.
 * The limiter calls it while it holds its lock, so it does not block.
 */
final class RoutePeers implements PeerWorkers {
  private static final Logger log = LoggerFactory.getLogger(RoutePeers.class);

  private final String worker;
  private final String route;
  private final LimitFraction fraction;
  private final FleetPublisher publisher;
  private final WorkerReporter reporter;

  RoutePeers(
      String worker,
      String route,
      LimitFraction fraction,
      FleetPublisher publisher,
      WorkerReporter reporter) {
    this.worker = worker;
    this.route = route;
    this.fraction = fraction;
    this.publisher = publisher;
    this.reporter = reporter;
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
    announce(new HoldAnnouncement.Hold(kind, reason, duration, inferred, suspects));
  }

  @Override
  public void announceRelease(HoldKind kind, String reason) {
    log.info("Route {} is released; the reason of the hold was: {}", route, reason);
    announce(new HoldAnnouncement.Release(kind, reason));
  }

  @Override
  public void announceSourceHold(
      HoldKind kind, String reason, Duration duration, Set<String> sources) {
    log.warn("Route {} holds {} for {} ms: {}", route, sources, duration.toMillis(), reason);
    announce(new HoldAnnouncement.SourceHold(kind, reason, duration, sources));
  }

  @Override
  public void announceSourceRelease(HoldKind kind, String reason, Set<String> sources) {
    log.info("Route {} releases {}; the reason of the hold was: {}", route, sources, reason);
    announce(new HoldAnnouncement.SourceRelease(kind, reason, sources));
  }

  private void announce(HoldAnnouncement announcement) {
    HoldMessage message = HoldMapper.toWire(worker, route, announcement);
    publisher.announce(FleetTopics.HOLD, () -> FleetCodec.write(message));
    reporter.announce();
  }

  @Override
  public void announceLivePriority(TokenCost cost) {
    LivePriorityMessage message =
        new LivePriorityMessage(worker, route, cost.input(), cost.output());
    publisher.announce(FleetTopics.LIVE_PRIORITY, () -> FleetCodec.write(message));
  }
}
