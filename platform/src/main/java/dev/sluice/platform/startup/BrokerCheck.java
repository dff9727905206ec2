package dev.sluice.platform.startup;

import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.springframework.amqp.AmqpAuthenticationException;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;

/** Checks at startup that RabbitMQ is reachable and accepts the credentials. */
public final class BrokerCheck {
  private BrokerCheck() {}

  /**
   * Opens one connection.
   *
   * @throws StartupException if the broker is unreachable, rejects the credentials, or the TLS
   *     handshake fails
   */
  public static void connect(ConnectionFactory connections, RabbitConnectionDetails details) {
    String addresses = addresses(details);
    try {
      connections.createConnection();
    } catch (AmqpAuthenticationException rejected) {
      throw new StartupException(
          "RabbitMQ at %s rejects the credentials of user %s. Check the user and password in spring.rabbitmq.addresses, or the file in sluice.rabbitmq.password-file."
              .formatted(addresses, details.getUsername()),
          rejected);
    } catch (AmqpException unreachable) {
      if (isTls(unreachable)) {
        throw new StartupException(
            "The TLS connection to RabbitMQ at %s failed (%s). Check the bundle in spring.rabbitmq.ssl.bundle, and the host name in the broker's certificate."
                .formatted(addresses, reason(unreachable)),
            unreachable);
      }
      throw new StartupException(
          "RabbitMQ at %s is unreachable (%s). Start it, or set spring.rabbitmq.addresses."
              .formatted(addresses, reason(unreachable)),
          unreachable);
    }
  }

  /** The broker's addresses as {@code host:port}, comma-separated, without user and password. */
  public static String addresses(RabbitConnectionDetails details) {
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

  /** The message of the innermost cause: it comes from the network or from the broker. */
  private static String reason(Throwable failure) {
    String message = failure.getClass().getSimpleName();
    for (Throwable t = failure; t != null; t = t.getCause()) {
      message = t.getMessage() == null ? message : t.getMessage();
    }
    return message;
  }
}
