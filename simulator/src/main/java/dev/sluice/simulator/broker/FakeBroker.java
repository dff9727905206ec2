package dev.sluice.simulator.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands in for RabbitMQ where an application only has to come up and do its first work: it agrees
 * to every declaration, confirms every publish and keeps nothing.
 */
public final class FakeBroker implements AutoCloseable {
  private final ServerSocket door;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private FakeBroker(ServerSocket door) {
    this.door = door;
  }

  /** Listens on any free port of that address. */
  public static FakeBroker listen(String host) throws IOException {
    FakeBroker broker = new FakeBroker(new ServerSocket(0, 50, InetAddress.getByName(host)));
    Thread.ofVirtual().name("broker").start(broker::welcome);
    return broker;
  }

  public int port() {
    return door.getLocalPort();
  }

  private void welcome() {
    try {
      while (true) {
        Socket client = door.accept();
        Thread.ofVirtual().name("amqp").start(() -> serve(client));
      }
    } catch (IOException closed) {
      // nobody else comes
    }
  }

  private void serve(Socket client) {
    open.add(client);
    try (client) {
      client.setTcpNoDelay(true);
      new FakeBrokerSession(client.getInputStream(), client.getOutputStream()).serve();
    } catch (IOException left) {
      // it has hung up
    } finally {
      open.remove(client);
    }
  }

  @Override
  public void close() {
    try {
      door.close();
      for (Socket client : open) {
        client.close();
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
