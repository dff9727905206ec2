package dev.sluice.common.startup;

import org.springframework.amqp.AmqpAuthenticationException;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;

/** Asks at the start whether the broker is there and lets us in, before anything depends on it. */
public final class BrokerCheck {
  private BrokerCheck() {}

  /**
   * Opens one connection.
   *
   * @throws CannotStart saying whether the broker was not reached or refused the login
   */
  public static void connect(ConnectionFactory brokers) {
    String where = brokers.getUsername() + "@" + brokers.getHost() + ":" + brokers.getPort();
    try {
      brokers.createConnection();
    } catch (AmqpAuthenticationException refused) {
      throw new CannotStart(
          "RabbitMQ at "
              + where
              + " refuses the login. Check spring.rabbitmq.username and .password.",
          refused);
    } catch (AmqpException unreachable) {
      throw new CannotStart(
          "RabbitMQ at "
              + where
              + " is not reached ("
              + reason(unreachable)
              + "). Start it, or set spring.rabbitmq.host and .port.",
          unreachable);
    }
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure.getCause();
    return String.valueOf((cause == null ? failure : cause).getMessage());
  }
}
