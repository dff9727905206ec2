package dev.sluice.common.live;

import dev.sluice.common.topology.Exchanges;
import org.springframework.amqp.core.Base64UrlNamingStrategy;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.TopicExchange;

/** Declares the queues on which a process receives messages about live tasks. */
public final class LiveQueues {
  /** Topic of the fleet exchange that tells all workers about a disconnected caller. */
  public static final String CANCELLED = "cancelled";

  /** The topic's name in wire versions up to 1.1. */
  private static final String LEGACY_CANCELLED = "gone";

  private LiveQueues() {}

  /** An exclusive reply queue of one process, addressed by its name. */
  public static Declarables replyQueue() {
    return new Declarables(queue());
  }

  /** A worker's queue, which also receives the messages to all workers. */
  public static Declarables workerQueue() {
    TopicExchange exchange = new TopicExchange(Exchanges.FLEET);
    Queue queue = queue();
    return new Declarables(
        exchange,
        queue,
        BindingBuilder.bind(queue).to(exchange).with(CANCELLED),
        BindingBuilder.bind(queue).to(exchange).with(LEGACY_CANCELLED));
  }

  private static Queue queue() {
    String name = new Base64UrlNamingStrategy("sluice.live.").generateName();
    return new Queue(name, false, true, true);
  }
}
