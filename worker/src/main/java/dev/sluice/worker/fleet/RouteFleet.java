package dev.sluice.worker.fleet;

import dev.sluice.common.fleet.HoldNotice;
import dev.sluice.common.fleet.HoldNotice.ProbedLimit;
import dev.sluice.common.fleet.LiveNotice;
import dev.sluice.worker.limit.Fleet;
import dev.sluice.worker.limit.HoldKind;
import dev.sluice.worker.pace.Cost;
import dev.sluice.worker.pace.Dimension;
import dev.sluice.worker.pace.Probed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The other workers of one route. */
final class RouteFleet implements Fleet {
  private static final Logger log = LoggerFactory.getLogger(RouteFleet.class);

  private final String worker;
  private final String route;
  private final ConsumerShare share;
  private final Consumer<HoldNotice> voice;
  private final Consumer<LiveNotice> overtaking;

  /**
   * @param voice sends a notice to the others, without waiting
   * @param overtaking sends one as well
   */
  RouteFleet(
      String worker,
      String route,
      ConsumerShare share,
      Consumer<HoldNotice> voice,
      Consumer<LiveNotice> overtaking) {
    this.worker = worker;
    this.route = route;
    this.share = share;
    this.voice = voice;
    this.overtaking = overtaking;
  }

  @Override
  public double part() {
    return share.part();
  }

  @Override
  public void tell(HoldKind kind, String reason, Duration rest, Map<Dimension, Probed> probed) {
    if (rest.isZero()) {
      log.info("Route {} goes on after: {}", route, reason);
    } else if (kind.isAlarming()) {
      log.warn("Route {} is held for {} ms: {}", route, rest.toMillis(), reason);
    } else {
      log.info("Route {} is held for {} ms: {}", route, rest.toMillis(), reason);
    }
    List<ProbedLimit> limits =
        probed.entrySet().stream()
            .map(
                entry ->
                    new ProbedLimit(
                        entry.getKey().wireName(),
                        60 * entry.getValue().mark(),
                        60 * entry.getValue().pace()))
            .toList();
    voice.accept(new HoldNotice(worker, route, kind.wireName(), reason, rest.toMillis(), limits));
  }

  @Override
  public void overtake(Cost cost) {
    overtaking.accept(new LiveNotice(worker, route, cost.input(), cost.output()));
  }
}
