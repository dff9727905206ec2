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

/** Topics of fleet messages, and the queues of the processes that listen to them. */
public final class FleetTopics {
  /** {@link WorkerReport}. */
  public static final String REPORT = "report";

  /** {@link HoldMessage}. */
  public static final String HOLD = "hold";

  /** {@link RouteOverridesMessage}. */
  public static final String ROUTE_OVERRIDES = "route-overrides";

  /** {@link SuspensionMessage}. */
  public static final String SUSPENSION = "suspension";

  /** {@link TaskCancellationMessage}. */
  public static final String TASK_CANCELLATION = "task-cancellation";

  /** {@link LivePriorityMessage}. */
  public static final String LIVE_PRIORITY = "live-priority";

  /** {@link TaskSearchMessage}. */
  public static final String TASK_SEARCH = "task-search";

  /** {@link TaskSearchResultMessage}. */
  public static final String TASK_SEARCH_RESULT = "task-search-result";

  /** Topic names of wire versions up to 1.1. */
  private static final Map<String, String> LEGACY =
      Map.of(ROUTE_OVERRIDES, "control", SUSPENSION, "halt", LIVE_PRIORITY, "live");

  private FleetTopics() {}

  /** The topic of a routing key; maps the names of earlier versions. */
  public static String topic(@Nullable String routingKey) {
    return LEGACY.entrySet().stream()
        .filter(topic -> topic.getValue().equals(routingKey))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(Objects.requireNonNullElse(routingKey, ""));
  }

  /** An exclusive auto-delete queue that is bound to these topics. */
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
