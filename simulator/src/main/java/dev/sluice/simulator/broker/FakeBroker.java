package dev.sluice.simulator.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A fake RabbitMQ broker for warm-up runs: accepts every declaration, confirms every publish and
 * stores nothing.
 */
public final class FakeBroker implements AutoCloseable {
  private final ServerSocket serverSocket;
  private final Set<Socket> clients = ConcurrentHashMap.newKeySet();

  private FakeBroker(ServerSocket serverSocket) {
    this.serverSocket = serverSocket;
  }

  /** Listens on a free port of this address. */
  public static FakeBroker listen(String host) throws IOException {
    FakeBroker broker = new FakeBroker(new ServerSocket(0, 50, InetAddress.getByName(host)));
    Thread.ofVirtual().name("broker").start(broker::acceptConnections);
    return broker;
  }

  public int port() {
    return serverSocket.getLocalPort();
  }

  private void acceptConnections() {
    try {
      while (true) {
        Socket client = serverSocket.accept();
        Thread.ofVirtual().name("amqp").start(() -> serve(client));
      }
    } catch (IOException closed) {
      // close() was called
    }
  }

  private void serve(Socket client) {
    clients.add(client);
    try (client) {
      client.setTcpNoDelay(true);
      new FakeBrokerSession(client.getInputStream(), client.getOutputStream()).serve();
    } catch (IOException disconnected) {
      // the client closed the connection
    } finally {
      clients.remove(client);
    }
  }

  @Override
  public void close() {
    try {
      serverSocket.close();
      for (Socket client : clients) {
        client.close();
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
