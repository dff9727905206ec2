package dev.sluice.producer.override;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.HoldMessage;
import dev.sluice.common.fleet.RouteOverridesMessage;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.producer.loop.BackgroundLoop;
import dev.sluice.producer.loop.BackgroundTask;
import java.time.Duration;
import java.util.List;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Tells the workers what people want of the routes: all of it, at each change and every two
 * seconds. So a worker that has just started, or has missed a message, knows it soon.
 */
@Component
class RouteOverridePublisher extends BackgroundTask {
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final String SENDER = "producer";

  private final RouteOverrides controls;
  private final RabbitTemplate template;
  private final BackgroundLoop loop = new BackgroundLoop("route-overrides", PAUSE, this::round);

  RouteOverridePublisher(RouteOverrides controls, ConnectionFactory brokers) {
    this.controls = controls;
    this.template = new RabbitTemplate(brokers); // what nobody hears is lost, and said again
  }

  private boolean round() {
    List<RouteOverridesMessage.RouteOverride> routes =
        controls.look().stream().map(OperatorOverride::notice).toList();
    template.send(
        Exchanges.FLEET,
        FleetTopics.ROUTE_OVERRIDES,
        FleetCodec.write(new RouteOverridesMessage(routes)));
    return false;
  }

  /** A rest that only a person can judge is over: the workers go on at once. */
  void publishRelease(String route, String kind) {
    template.send(
        Exchanges.FLEET,
        FleetTopics.HOLD,
        FleetCodec.write(new HoldMessage(SENDER, route, kind, "released by hand", 0, List.of())));
  }

  @EventListener(RouteOverridesChanged.class)
  void steered() {
    wake();
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
