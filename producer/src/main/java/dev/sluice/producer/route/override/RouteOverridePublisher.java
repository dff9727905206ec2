package dev.sluice.producer.route.override;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.HoldMessage;
import dev.sluice.common.fleet.RouteOverridesMessage;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.producer.infrastructure.loop.SingleLoopTask;
import java.time.Duration;
import java.util.List;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Publishes all overrides to the workers, at each change and every two seconds, so that workers
 * that have just started or missed a message receive them soon.
 */
@Component
class RouteOverridePublisher extends SingleLoopTask {
  private static final Duration INTERVAL = Duration.ofSeconds(2);
  private static final String SENDER = "producer";

  private final RouteOverrides overrides;
  private final RabbitTemplate template;

  RouteOverridePublisher(RouteOverrides overrides, ConnectionFactory brokers) {
    super("route-overrides", INTERVAL);
    this.overrides = overrides;
    this.template = new RabbitTemplate(brokers); // not mandatory: a lost message is repeated
    template.setUsePublisherConnection(true); // a blocked publisher does not block consumers
  }

  @Override
  protected boolean round() {
    List<RouteOverridesMessage.RouteOverride> routes =
        overrides.reload().stream().map(OperatorOverride::message).toList();
    template.send(
        Exchanges.FLEET,
        FleetTopics.ROUTE_OVERRIDES,
        FleetCodec.write(new RouteOverridesMessage(routes)));
    return false;
  }

  /** Tells the workers to end holds of this kind now. */
  void publishRelease(String route, String kind) {
    template.send(
        Exchanges.FLEET,
        FleetTopics.HOLD,
        FleetCodec.write(new HoldMessage(SENDER, route, kind, "released manually", 0, List.of())));
  }

  @EventListener(RouteOverridesChanged.class)
  void onChange() {
    wake();
  }
}
