package dev.sluice.producer.infrastructure.broker;

import com.rabbitmq.client.ShutdownSignalException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionListener;
import org.springframework.stereotype.Component;

/** Tracks the broker connection and logs when it is lost and restored. */
@Component
public class BrokerHealth implements ConnectionListener {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerHealth.class);

  private volatile boolean connected;
  private volatile boolean connectionLost;

  BrokerHealth(ConnectionFactory brokers) {
    brokers.addConnectionListener(this); // called immediately if a connection is open
  }

  public boolean isConnected() {
    return connected;
  }

  @Override
  public void onCreate(@Nullable Connection connection) {
    connected = true;
    if (connectionLost) {
      LOG.info("Reconnected to RabbitMQ");
    }
    connectionLost = false;
  }

  @Override
  public void onShutDown(ShutdownSignalException signal) {
    connected = false;
    if (!signal.isInitiatedByApplication() && !connectionLost) {
      connectionLost = true;
      LOG.warn(
          "Lost the connection to RabbitMQ; tasks and outcomes wait until it is restored: {}",
          signal.getMessage());
    }
  }
}
