package dev.sluice.bench.latency;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.sluice.common.topology.DelayLevels;
import dev.sluice.common.topology.DelayPath;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.topology.SluiceTopology;
import dev.sluice.common.wire.Lane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.awaitility.core.ConditionTimeoutException;
import org.springframework.amqp.core.Declarable;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Exchange;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;

/** Sends tasks through the broker's delay levels and consumes them at the end. */
final class DelayLevelRun implements AutoCloseable {
  private static final String ROUTE = "delays";
  private static final String QUEUE = QueueNames.tasks(ROUTE, Lane.BATCH);
  private static final Duration MIN_DELAY = Duration.ofMillis(250);
  private static final int CONFIRM_EVERY = 200;

  private final Connection connection;
  private final Map<String, Instant> due = new ConcurrentHashMap<>();
  private final Map<String, Long> lateMillis = new ConcurrentHashMap<>();

  DelayLevelRun(String url) {
    declare(url);
    try {
      ConnectionFactory factory = new ConnectionFactory();
      factory.setUri(url);
      factory.setNetworkRecoveryInterval(500);
      connection = factory.newConnection("delays");
      consume(connection.createChannel());
    } catch (Exception failed) {
      throw new IllegalStateException(url + ": " + failed.getMessage(), failed);
    }
  }

  private static void declare(String url) {
    CachingConnectionFactory connections = new CachingConnectionFactory(URI.create(url));
    try {
      RabbitAdmin admin = new RabbitAdmin(connections);
      Declarables all = SluiceTopology.declare(List.of(ROUTE));
      for (Declarable one : all.getDeclarables()) {
        if (one instanceof Exchange exchange) {
          admin.declareExchange(exchange);
        } else if (one instanceof Queue queue) {
          admin.declareQueue(queue);
        }
      }
      all.getDeclarablesByType(org.springframework.amqp.core.Binding.class)
          .forEach(admin::declareBinding);
    } finally {
      connections.destroy();
    }
  }

  private void consume(Channel channel) throws IOException {
    channel.basicQos(500);
    channel.basicConsume(
        QUEUE,
        /* autoAck= */ false,
        (consumer, one) -> {
          Instant now = Instant.now();
          String id = one.getProperties().getMessageId();
          Instant when = due.get(id);
          if (when != null) { // keep the first: a killed broker may deliver a message twice
            lateMillis.putIfAbsent(id, Duration.between(when, now).toMillis());
          }
          channel.basicAck(one.getEnvelope().getDeliveryTag(), false);
        },
        consumer -> {});
  }

  /** Product and version of the broker. */
  String broker() {
    Map<String, Object> properties = connection.getServerProperties();
    return properties.get("product") + " " + properties.get("version");
  }

  /** Sends tasks, each with its own due time, and waits for the broker's confirms. */
  void send(int count, Duration maxDelay) {
    RandomGenerator random = new SplittableRandom(1);
    try (Channel channel = connection.createChannel()) {
      channel.confirmSelect();
      for (int number = 0; number < count; number++) {
        Duration delay =
            Duration.ofMillis(random.nextLong(MIN_DELAY.toMillis(), maxDelay.toMillis() + 1));
        DelayPath path = DelayLevels.path(ROUTE, Lane.BATCH, delay);
        String id = "delayed-" + number;
        due.put(id, Instant.now().plus(delay));
        channel.basicPublish(
            path.exchange(),
            path.routingKey(),
            /* mandatory= */ true,
            new AMQP.BasicProperties.Builder().messageId(id).deliveryMode(2).build(),
            "{}".getBytes(StandardCharsets.UTF_8));
        if (number % CONFIRM_EVERY == 0) {
          channel.waitForConfirmsOrDie(30_000);
        }
      }
      channel.waitForConfirmsOrDie(30_000);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (TimeoutException late) {
      throw new IllegalStateException("the broker did not confirm within 30 s", late);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped", stopped);
    }
  }

  /** Waits until all tasks have arrived or the time is over. */
  void awaitAll(Duration timeout) {
    try {
      await().timeout(timeout).pollInterval(Duration.ofMillis(200)).until(() -> missing() == 0);
    } catch (ConditionTimeoutException lost) {
      // the caller reads the number of missing tasks
    }
  }

  int missing() {
    return due.size() - lateMillis.size();
  }

  Lateness lateness() {
    return Lateness.of(lateMillis.values());
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
