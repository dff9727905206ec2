package dev.sluice.worker.fleet;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.HoldMessage;
import dev.sluice.common.fleet.LivePriorityMessage;
import dev.sluice.worker.limit.HoldAnnouncement;
import dev.sluice.worker.limit.PeerWorkers;
import dev.sluice.worker.limit.rate.TokenCost;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Announces the holds and live calls of one route or member to the peers, and the new state to the
 * producers. The limiter calls it while it holds its lock, so it does not block.
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
  public PeerWorkers ofMember(String name) {
    return new RoutePeers(worker, name, fraction, publisher, reporter);
  }

  @Override
  public void announce(HoldAnnouncement announcement) {
    log(announcement);
    HoldMessage message = HoldMapper.toWire(worker, route, announcement);
    publisher.announce(FleetTopics.HOLD, () -> FleetCodec.write(message));
    reporter.announce();
  }

  private void log(HoldAnnouncement announcement) {
    switch (announcement) {
      case HoldAnnouncement.Hold hold ->
          log.atLevel(hold.kind().needsAttention() ? Level.WARN : Level.INFO)
              .log(
                  "Route {} is held for {} ms: {}",
                  route,
                  hold.duration().toMillis(),
                  hold.reason());
      case HoldAnnouncement.Release release ->
          log.info("Route {} is released; the reason of the hold was: {}", route, release.reason());
      case HoldAnnouncement.SourceHold hold ->
          log.warn(
              "Route {}: the calls of {} are held for {} ms, and no others: {}",
              route,
              hold.sources(),
              hold.duration().toMillis(),
              hold.reason());
      case HoldAnnouncement.SourceRelease release ->
          log.info(
              "Route {}: the calls of {} are released; the reason of the hold was: {}",
              route,
              release.sources(),
              release.reason());
    }
  }

  @Override
  public void announceLivePriority(TokenCost cost) {
    LivePriorityMessage message =
        new LivePriorityMessage(worker, route, cost.input(), cost.output());
    publisher.announce(FleetTopics.LIVE_PRIORITY, () -> FleetCodec.write(message));
  }
}
