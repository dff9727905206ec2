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
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The other workers of one route. */
final class RoutePeers implements PeerWorkers {
  private static final Logger log = LoggerFactory.getLogger(RoutePeers.class);

  private final String worker;
  private final String route;
  private final LimitFraction share;
  private final Consumer<HoldMessage> voice;
  private final Consumer<LivePriorityMessage> overtaking;

  /**
   * @param voice sends a notice to the others, without waiting
   * @param overtaking sends one as well
   */
  RoutePeers(
      String worker,
      String route,
      LimitFraction share,
      Consumer<HoldMessage> voice,
      Consumer<LivePriorityMessage> overtaking) {
    this.worker = worker;
    this.route = route;
    this.share = share;
    this.voice = voice;
    this.overtaking = overtaking;
  }

  @Override
  public double limitFraction() {
    return share.limitFraction();
  }

  @Override
  public void announceHold(
      HoldKind kind, String reason, Duration rest, Map<LimitKind, InferredLimit> probed) {
    if (rest.isZero()) {
      log.info("Route {} goes on after: {}", route, reason);
    } else if (kind.isAlarming()) {
      log.warn("Route {} is held for {} ms: {}", route, rest.toMillis(), reason);
    } else {
      log.info("Route {} is held for {} ms: {}", route, rest.toMillis(), reason);
    }
    List<AnnouncedLimit> limits =
        probed.entrySet().stream()
            .map(
                entry ->
                    new AnnouncedLimit(
                        entry.getKey().wireName(),
                        60 * entry.getValue().ceiling(),
                        60 * entry.getValue().rate()))
            .toList();
    voice.accept(new HoldMessage(worker, route, kind.wireName(), reason, rest.toMillis(), limits));
  }

  @Override
  public void announceLivePriority(TokenCost cost) {
    overtaking.accept(new LivePriorityMessage(worker, route, cost.input(), cost.output()));
  }
}
