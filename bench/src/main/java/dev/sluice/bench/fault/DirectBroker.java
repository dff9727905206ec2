package dev.sluice.bench.fault;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.concurrent.TimeoutException;

/** Connects to the broker directly, without the {@code AmqpProxy}. */
record DirectBroker(URI url) {

  /** Operations on a channel. */
  @FunctionalInterface
  interface Work {
    void on(Channel channel) throws IOException;
  }

  /**
   * Runs operations on a new channel.
   *
   * @throws UncheckedIOException if the broker is not reachable
   */
  void on(Work work) {
    ConnectionFactory factory = new ConnectionFactory();
    String[] user = url.getUserInfo().split(":", 2);
    factory.setHost(url.getHost());
    factory.setPort(url.getPort());
    factory.setUsername(user[0]);
    factory.setPassword(user[1]);
    try (Connection connection = factory.newConnection("faults");
        Channel channel = connection.createChannel()) {
      work.on(channel);
    } catch (IOException unreachable) {
      throw new UncheckedIOException(unreachable);
    } catch (TimeoutException unreachable) {
      throw new UncheckedIOException(new IOException(unreachable));
    }
  }
}
