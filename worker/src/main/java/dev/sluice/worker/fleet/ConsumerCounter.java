package dev.sluice.worker.fleet;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.QueueInformation;

/** Counts the consumers of each route, from which a worker's fraction of the limits follows. */
final class ConsumerCounter {
  private static final Logger log = LoggerFactory.getLogger(ConsumerCounter.class);

  private final AmqpAdmin admin;
  private final Collection<LocalRoute> routes;

  ConsumerCounter(AmqpAdmin admin, Collection<LocalRoute> routes) {
    this.admin = admin;
    this.routes = routes;
  }

  /** Counts all routes; a route that cannot be counted keeps its fraction. */
  void count() {
    routes.forEach(this::count);
  }

  private void count(LocalRoute local) {
    String route = local.route().name();
    try {
      QueueInformation queue = admin.getQueueInfo(QueueNames.tasks(route, Lane.BATCH));
      if (queue != null) {
        local.fraction().onConsumerCount(queue.getConsumerCount(), System.nanoTime());
      }
    } catch (AmqpException failure) {
      log.debug("Cannot count the consumers of the route {}: {}", route, failure.toString());
    }
  }
}
