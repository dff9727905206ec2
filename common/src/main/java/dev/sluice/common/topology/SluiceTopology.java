package dev.sluice.common.topology;

import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarable;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.TopicExchange;

/**
 * Declares every exchange, queue and binding of Sluice; producer and worker use the same
 * declarations.
 *
 * <p>All queues are durable quorum queues. Their arguments are part of the contract: RabbitMQ
 * rejects a declaration with other arguments (406 PRECONDITION_FAILED).
 *
 * <pre>
 * sluice.tasks --route--> sluice.tasks.ROUTE, .live --delivery limit--> sluice.outcomes
 * sluice.outcomes --*.ROUTE--> sluice.results
 *                 --failed.ROUTE--> sluice.dead.ROUTE
 * sluice.delay.N --> sluice.delay.N.DIGIT --TTL--> ... --> sluice.tasks.ROUTE
 * </pre>
 */
public final class SluiceTopology {
  /**
   * Deliveries without a settlement (worker crash, lost connection) before the broker dead-letters
   * a task. High enough for many restarts, low enough to stop a task that crashes its worker.
   */
  static final int TASK_DELIVERY_LIMIT = 20;

  /** Effectively unlimited. RabbitMQ 4 defaults to 20; -1 drops messages on RabbitMQ 3. */
  static final int NO_DELIVERY_LIMIT = 1_000_000;

  private SluiceTopology() {}

  /** All declarations for these routes. */
  public static Declarables declare(Collection<String> routes) {
    List<Declarable> all = new ArrayList<>();
    DirectExchange tasks = new DirectExchange(Exchanges.TASKS);
    TopicExchange outcomes = new TopicExchange(Exchanges.OUTCOMES);
    all.add(tasks);
    all.add(outcomes);
    all.addAll(results(outcomes));
    all.addAll(DelayLevels.declarables());
    for (String route : routes) {
      for (Lane lane : Lane.values()) {
        Queue queue = taskQueue(route, lane);
        all.add(queue);
        all.add(BindingBuilder.bind(queue).to(tasks).with(QueueNames.taskKey(route, lane)));
        all.add(DelayLevels.deliverTo(queue, route, lane));
      }
      Queue deadLetters = queueWithoutDeliveryLimit(QueueNames.deadLetters(route));
      all.add(deadLetters);
      all.add(BindingBuilder.bind(deadLetters).to(outcomes).with(QueueNames.failedKey(route)));
    }
    return new Declarables(all);
  }

  private static List<Declarable> results(TopicExchange outcomes) {
    Queue results = queueWithoutDeliveryLimit(QueueNames.RESULTS);
    List<Declarable> all = new ArrayList<>();
    all.add(results);
    for (OutcomeKind kind : OutcomeKind.values()) {
      Binding binding = BindingBuilder.bind(results).to(outcomes).with(kind.wireName() + ".*");
      all.add(binding);
    }
    return all;
  }

  private static Queue taskQueue(String route, Lane lane) {
    return QueueBuilder.durable(QueueNames.tasks(route, lane))
        .quorum()
        .deadLetterExchange(Exchanges.OUTCOMES)
        .deadLetterRoutingKey(QueueNames.failedKey(route))
        .withArgument("x-dead-letter-strategy", "at-least-once")
        .withArgument("x-overflow", "reject-publish")
        .deliveryLimit(TASK_DELIVERY_LIMIT)
        .build();
  }

  private static Queue queueWithoutDeliveryLimit(String name) {
    return QueueBuilder.durable(name).quorum().deliveryLimit(NO_DELIVERY_LIMIT).build();
  }
}
