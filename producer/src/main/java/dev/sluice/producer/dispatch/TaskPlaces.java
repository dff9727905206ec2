package dev.sluice.producer.dispatch;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.producer.route.report.TasksAtWorkers;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.stereotype.Component;

/** Finds out where the submitted tasks of a route are: in a queue, at a worker, or nowhere. */
@Component
class TaskPlaces {
  private final DelayQueueInspector delayQueues;
  private final TasksAtWorkers atWorkers;
  private final AmqpAdmin broker;

  TaskPlaces(DelayQueueInspector delayQueues, TasksAtWorkers atWorkers, AmqpAdmin broker) {
    this.delayQueues = delayQueues;
    this.atWorkers = atWorkers;
    this.broker = broker;
  }

  /** Whether the route's queue is empty and none of its tasks is at a worker. */
  boolean isIdle(String route) {
    QueueInformation queue = broker.getQueueInfo(QueueNames.tasks(route, Lane.BATCH));
    return queue != null
        && queue.getMessageCount() == 0
        && atWorkers.of(route, queue.getConsumerCount()).equals(OptionalInt.of(0));
  }

  /** Whether no task waits in the route's queue. */
  boolean isQueueEmpty(String route) {
    return ready(route) == 0;
  }

  /**
   * The delayed tasks of all routes. Empty if they cannot be read, or while outcomes wait for the
   * collector.
   *
   * @throws org.springframework.amqp.AmqpException if the broker is unavailable
   */
  Optional<Set<UUID>> delayedTasks() {
    return messages(QueueNames.RESULTS) > 0 ? Optional.empty() : delayQueues.tasks();
  }

  /** The names of the workers of a route; empty if there are consumers that do not report. */
  Optional<Set<String>> workers(String route) {
    QueueInformation queue = broker.getQueueInfo(QueueNames.tasks(route, Lane.BATCH));
    return queue == null ? Optional.empty() : atWorkers.names(route, queue.getConsumerCount());
  }

  /** The number of tasks that wait in the route's queue. */
  long ready(String route) {
    return messages(QueueNames.tasks(route, Lane.BATCH));
  }

  private long messages(String queue) {
    QueueInformation information = broker.getQueueInfo(queue);
    return information == null ? 0 : information.getMessageCount();
  }
}
