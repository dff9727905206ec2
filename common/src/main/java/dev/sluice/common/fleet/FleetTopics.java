package dev.sluice.common.fleet;

import dev.sluice.common.topology.Exchanges;
import org.springframework.amqp.core.Base64UrlNamingStrategy;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.TopicExchange;

/** Where the fleet's messages go: a topic exchange, and a queue for each process that listens. */
public final class FleetTopics {
  /** A worker's report of itself. */
  public static final String REPORT = "report";

  /** A route rests. */
  public static final String HOLD = "hold";

  private FleetTopics() {}

  /** A queue of one process, gone with its connection, that gets what goes to this topic. */
  public static Declarables listener(String topic) {
    String name = new Base64UrlNamingStrategy("sluice.fleet." + topic + ".").generateName();
    Queue queue = new Queue(name, false, true, true);
    Binding binding = BindingBuilder.bind(queue).to(new TopicExchange(Exchanges.FLEET)).with(topic);
    return new Declarables(new TopicExchange(Exchanges.FLEET), queue, binding);
  }
}
