package dev.sluice.producer.live;

import dev.sluice.common.live.LiveCodec;
import dev.sluice.common.live.LiveWord;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.common.wire.TaskMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/** Sends live tasks, and answers to workers. */
final class TaskSender {
  private static final Logger LOG = LoggerFactory.getLogger(TaskSender.class);

  private final RabbitTemplate template;
  private final String ownQueue;

  /**
   * @param template mandatory, with correlated confirms
   * @param ownQueue where workers answer
   */
  TaskSender(RabbitTemplate template, String ownQueue) {
    this.template = template;
    this.ownQueue = ownQueue;
  }

  /** Where workers answer. */
  String ownQueue() {
    return ownQueue;
  }

  /**
   * Sends a task, without waiting for the broker.
   *
   * @return what the broker says of it
   * @throws AmqpException where the broker is away
   */
  CorrelationData send(TaskMessage task) {
    CorrelationData confirm = new CorrelationData();
    String key = QueueNames.taskKey(task.ids().route(), task.ids().lane());
    template.send(Exchanges.TASKS, key, TaskCodec.write(task), confirm);
    return confirm;
  }

  /** Says something to a worker. One that does not hear it asks again, or finds nobody. */
  void say(String workerQueue, LiveWord word) {
    try {
      template.send("", workerQueue, LiveCodec.write(word));
    } catch (AmqpException away) {
      LOG.debug("Not said to a worker: {}", away.getMessage());
    }
  }
}
