package dev.sluice.system.fault;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

/** Publishes again what is in the broker already, as a client does that hears no confirm. */
final class Copies {
  private static final String RESULTS = "sluice.results";
  private static final int LOOKS = 50;

  private final URI broker;
  private final RandomGenerator random;
  private final List<String> requests = new ArrayList<>();

  Copies(URI broker, RandomGenerator random) {
    this.broker = broker;
    this.random = random;
  }

  List<String> requests() {
    return List.copyOf(requests);
  }

  boolean copyTask(String route) {
    return copy("sluice.tasks." + route, true);
  }

  boolean copyOutcome() {
    return copy(RESULTS, false);
  }

  private boolean copy(String queue, boolean ofTask) {
    try (Connection connection = factory().newConnection("copies");
        Channel channel = connection.createChannel()) {
      channel.confirmSelect();
      for (int look = 0; look < LOOKS; look++) {
        GetResponse one = channel.basicGet(queue, false);
        if (one != null) {
          if (ofTask) {
            requests.add(shortHash(one.getBody()));
          }
          int times = random.nextInt(2, 4);
          for (int copy = 0; copy < times; copy++) {
            channel.basicPublish("", queue, true, unmarked(one.getProps()), one.getBody());
          }
          channel.waitForConfirmsOrDie(10_000);
          channel.basicAck(one.getEnvelope().getDeliveryTag(), false);
          return true;
        }
      }
      return false;
    } catch (IOException
        | TimeoutException
        | InterruptedException
        | GeneralSecurityException away) {
      return false;
    }
  }

  private ConnectionFactory factory() throws GeneralSecurityException {
    ConnectionFactory factory = new ConnectionFactory();
    String[] user = broker.getUserInfo().split(":", 2);
    factory.setHost(broker.getHost());
    factory.setPort(broker.getPort());
    factory.setUsername(user[0]);
    factory.setPassword(user[1]);
    return factory;
  }

  private static AMQP.BasicProperties unmarked(AMQP.BasicProperties properties) {
    Map<String, Object> headers = new HashMap<>(properties.getHeaders());
    headers.keySet().removeIf(name -> name.startsWith("x-"));
    return properties.builder().headers(headers).build();
  }

  /** As the simulator writes it down. */
  private static String shortHash(byte[] body) throws GeneralSecurityException {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(body))
        .substring(0, 16);
  }
}
