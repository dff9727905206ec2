package dev.sluice.common.startup;

import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.springframework.amqp.AmqpAuthenticationException;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;

/** Asks at the start whether the broker is there and lets us in, before anything depends on it. */
public final class BrokerCheck {
  private BrokerCheck() {}

  /**
   * Opens one connection.
   *
   * @throws StartupException saying whether the broker was not reached or refused the login
   */
  public static void connect(ConnectionFactory brokers, RabbitConnectionDetails details) {
    String where = where(details);
    try {
      brokers.createConnection();
    } catch (AmqpAuthenticationException refused) {
      throw new StartupException(
          "RabbitMQ at %s refuses the login of user %s. Check the user and password in spring.rabbitmq.addresses, or the file of sluice.rabbitmq.password-file."
              .formatted(where, details.getUsername()),
          refused);
    } catch (AmqpException unreachable) {
      if (isTls(unreachable)) {
        throw new StartupException(
            "RabbitMQ at %s: the TLS connection fails (%s). Check the bundle of spring.rabbitmq.ssl.bundle, and the name in the broker's certificate."
                .formatted(where, reason(unreachable)),
            unreachable);
      }
      throw new StartupException(
          "RabbitMQ at %s is not reached or refuses the connection (%s). Start it, or set spring.rabbitmq.addresses."
              .formatted(where, reason(unreachable)),
          unreachable);
    }
  }

  /** The addresses without user and password, as {@code host:port}, separated by commas. */
  public static String where(RabbitConnectionDetails details) {
    return details.getAddresses().stream()
        .map(address -> address.host() + ":" + address.port())
        .collect(Collectors.joining(","));
  }

  private static boolean isTls(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof SSLException) {
        return true;
      }
    }
    return false;
  }

  /** The innermost words: those of the network or of the broker itself. */
  private static String reason(Throwable failure) {
    String words = failure.getClass().getSimpleName();
    for (Throwable t = failure; t != null; t = t.getCause()) {
      words = t.getMessage() == null ? words : t.getMessage();
    }
    return words;
  }
}
