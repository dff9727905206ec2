package dev.sluice.bench.fault;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

/** Publishes tasks again that are already in the broker, as a client does after a lost confirm. */
final class DuplicatePublisher {
  private static final int MAX_ATTEMPTS = 50;
  private static final int CONFIRM_TIMEOUT_MILLIS = 10_000;

  private final DirectBroker broker;
  private final RandomGenerator random;
  private final List<String> requests = new ArrayList<>();

  DuplicatePublisher(DirectBroker broker, RandomGenerator random) {
    this.broker = broker;
    this.random = random;
  }

  List<String> requests() {
    return List.copyOf(requests);
  }

  /** Returns false if no task is ready in the queue. */
  boolean copyTask(String route) {
    AtomicBoolean copied = new AtomicBoolean();
    try {
      broker.on(channel -> copied.set(copy(channel, "sluice.tasks." + route)));
    } catch (UncheckedIOException unreachable) {
      return false;
    }
    return copied.get();
  }

  private boolean copy(Channel channel, String queue) throws IOException {
    channel.confirmSelect();
    for (int poll = 0; poll < MAX_ATTEMPTS; poll++) {
      GetResponse one = channel.basicGet(queue, false);
      if (one != null) {
        requests.add(shortHash(one.getBody()));
        int times = random.nextInt(2, 4);
        for (int copy = 0; copy < times; copy++) {
          channel.basicPublish(
              "", queue, true, withoutBrokerHeaders(one.getProps()), one.getBody());
        }
        awaitConfirms(channel);
        channel.basicAck(one.getEnvelope().getDeliveryTag(), false);
        return true;
      }
    }
    return false;
  }

  private static void awaitConfirms(Channel channel) throws IOException {
    try {
      channel.waitForConfirmsOrDie(CONFIRM_TIMEOUT_MILLIS);
    } catch (TimeoutException silent) {
      throw new IOException(silent);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException(stopped);
    }
  }

  private static AMQP.BasicProperties withoutBrokerHeaders(AMQP.BasicProperties properties) {
    Map<String, Object> headers = new HashMap<>(properties.getHeaders());
    headers.keySet().removeIf(name -> name.startsWith("x-"));
    return properties.builder().headers(headers).build();
  }

  /** The hash as the simulator's log shows it. */
  private static String shortHash(byte[] body) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(body))
          .substring(0, 16);
    } catch (GeneralSecurityException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }
}
