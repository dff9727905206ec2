package dev.sluice.producer.dispatch;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.producer.report.TasksAtWorkers;
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

  /** Whether the route's queue is empty and no worker holds its tasks. */
  boolean isQuiet(String route) {
    QueueInformation queue = broker.getQueueInfo(QueueNames.tasks(route, Lane.BATCH));
    return queue != null
        && queue.getMessageCount() == 0
        && atWorkers.of(route, queue.getConsumerCount()).equals(OptionalInt.of(0));
  }

  /**
   * The delayed tasks of all routes. Empty if they cannot be read, while outcomes wait for the
   * collector, or if a task has returned to the quiet queue in between.
   *
   * @param quiet whether the route was quiet before
   * @throws org.springframework.amqp.AmqpException if the broker is unavailable
   */
  Optional<Set<UUID>> delayedTasks(String route, boolean quiet) {
    if (ready(QueueNames.RESULTS) > 0) {
      return Optional.empty();
    }
    Optional<Set<UUID>> delayed = delayQueues.tasks();
    boolean returned = quiet && ready(QueueNames.tasks(route, Lane.BATCH)) > 0;
    return returned ? Optional.empty() : delayed;
  }

  private long ready(String queue) {
    QueueInformation information = broker.getQueueInfo(queue);
    return information == null ? 0 : information.getMessageCount();
  }
}
