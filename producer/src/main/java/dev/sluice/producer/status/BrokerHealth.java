package dev.sluice.producer.status;

import com.rabbitmq.client.ShutdownSignalException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionListener;
import org.springframework.stereotype.Component;

/** Knows whether the broker is there, and says in the log when that changes. */
@Component
class BrokerHealth implements ConnectionListener {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerHealth.class);

  private volatile boolean up;
  private volatile boolean lost;

  BrokerHealth(ConnectionFactory brokers) {
    brokers.addConnectionListener(this); // told at once where a connection is open already
  }

  boolean isUp() {
    return up;
  }

  @Override
  public void onCreate(@Nullable Connection connection) {
    up = true;
    if (lost) {
      LOG.info("RabbitMQ is back");
    }
    lost = false;
  }

  @Override
  public void onShutDown(ShutdownSignalException signal) {
    up = false;
    if (!signal.isInitiatedByApplication() && !lost) {
      lost = true;
      LOG.warn(
          "RabbitMQ is away, tasks and outcomes wait until it is back: {}", signal.getMessage());
    }
  }
}
