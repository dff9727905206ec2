package dev.sluice.common.live;

import dev.sluice.common.topology.Exchanges;
import org.springframework.amqp.core.Base64UrlNamingStrategy;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.TopicExchange;

/** The queues on which one process hears words about live tasks. */
public final class LiveQueues {
  /** The topic of the fleet's exchange on which all workers hear that a caller has gone. */
  public static final String CANCELLED = "cancelled";

  /** As wire versions up to 1.1 name it. */
  private static final String LEGACY_CANCELLED = "gone";

  private LiveQueues() {}

  /** A queue of one process, gone with its connection, reached by its name alone. */
  public static Declarables own() {
    return new Declarables(queue());
  }

  /** A worker's: what is said to all workers comes to it as well. */
  public static Declarables ofWorker() {
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
