package dev.sluice.common.fleet;

import dev.sluice.common.topology.Exchanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Base64UrlNamingStrategy;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarable;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.TopicExchange;

/** Where the fleet's messages go: a topic exchange, and a queue for each process that listens. */
public final class FleetTopics {
  /** A worker's report of itself. */
  public static final String REPORT = "report";

  /** A route rests. */
  public static final String HOLD = "hold";

  /** What people want of the routes. */
  public static final String ROUTE_OVERRIDES = "route-overrides";

  /** Batches of a route are not to be called now. */
  public static final String SUSPENSION = "suspension";

  /** A live call goes before the batches of all workers. */
  public static final String LIVE_PRIORITY = "live-priority";

  /** As wire versions up to 1.1 name them. */
  private static final Map<String, String> LEGACY =
      Map.of(ROUTE_OVERRIDES, "control", SUSPENSION, "halt", LIVE_PRIORITY, "live");

  private FleetTopics() {}

  /** The topic of a routing key, which an earlier version may have set. */
  public static String of(@Nullable String routingKey) {
    return LEGACY.entrySet().stream()
        .filter(topic -> topic.getValue().equals(routingKey))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(Objects.requireNonNullElse(routingKey, ""));
  }

  /** A queue of one process, gone with its connection, that gets what goes to these topics. */
  public static Declarables listener(String... topics) {
    String names = String.join(".", topics);
    String name = new Base64UrlNamingStrategy("sluice.fleet." + names + ".").generateName();
    TopicExchange exchange = new TopicExchange(Exchanges.FLEET);
    Queue queue = new Queue(name, false, true, true);
    List<Declarable> all = new ArrayList<>(List.of(exchange, queue));
    for (String topic : topics) {
      all.add(BindingBuilder.bind(queue).to(exchange).with(topic));
      String legacy = LEGACY.get(topic);
      if (legacy != null) {
        all.add(BindingBuilder.bind(queue).to(exchange).with(legacy));
      }
    }
    return new Declarables(all);
  }
}
