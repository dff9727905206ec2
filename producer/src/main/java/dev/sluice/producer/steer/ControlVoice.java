package dev.sluice.producer.steer;

import dev.sluice.common.fleet.ControlNotice;
import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.HoldNotice;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.producer.loop.Looping;
import dev.sluice.producer.loop.WorkLoop;
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
class ControlVoice extends Looping {
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final String SENDER = "producer";

  private final RouteControls controls;
  private final RabbitTemplate template;
  private final WorkLoop loop = new WorkLoop("route-overrides", PAUSE, this::round);

  ControlVoice(RouteControls controls, ConnectionFactory brokers) {
    this.controls = controls;
    this.template = new RabbitTemplate(brokers); // what nobody hears is lost, and said again
  }

  private boolean round() {
    List<ControlNotice.RouteControl> routes =
        controls.look().stream().map(RouteControl::notice).toList();
    template.send(
        Exchanges.FLEET, FleetTopics.CONTROL, FleetCodec.write(new ControlNotice(routes)));
    return false;
  }

  /** A rest that only a person can judge is over: the workers go on at once. */
  void goOn(String route, String kind) {
    template.send(
        Exchanges.FLEET,
        FleetTopics.HOLD,
        FleetCodec.write(new HoldNotice(SENDER, route, kind, "released by hand", 0, List.of())));
  }

  @EventListener(RoutesSteered.class)
  void steered() {
    wake();
  }

  @Override
  protected List<WorkLoop> loops() {
    return List.of(loop);
  }
}
