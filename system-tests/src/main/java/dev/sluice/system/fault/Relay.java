package dev.sluice.system.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The network between the broker and everybody else: it can break, stand still, or break at a word.
 */
final class Relay implements AutoCloseable {
  /**
   * AMQP's basic.ack, class 60, method 80: the broker's is a confirm, a client's settles a task.
   */
  private static final byte[] BASIC_ACK = {0, 60, 0, 80};

  private final int port;
  private final ServerSocket door;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final AtomicReference<@Nullable Side> breaksAtAckOf = new AtomicReference<>();
  private volatile long stillUntilNanos = System.nanoTime();

  /** Who speaks. */
  enum Side {
    BROKER,
    CLIENT
  }

  Relay(int port) {
    this.port = port;
    try {
      this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    Thread.ofVirtual().name("relay").start(this::accept);
  }

  int port() {
    return door.getLocalPort();
  }

  /** Every connection ends, at both ends; new ones go through. */
  void cut() {
    open.forEach(Relay::close);
    open.clear();
  }

  /** Nothing goes through for so long, and no connection ends. */
  void standStill(Duration time) {
    stillUntilNanos = System.nanoTime() + time.toNanos();
  }

  /** Every connection ends instead of the next acknowledgement of that side. */
  void cutAtTheNextAckOf(Side side) {
    breaksAtAckOf.set(side);
  }

  /** Whether that has happened; it does not happen any more otherwise. */
  boolean wasCutAtAck() {
    return breaksAtAckOf.getAndSet(null) == null;
  }

  boolean waitsForAck() {
    return breaksAtAckOf.get() != null;
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        connect(client);
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void connect(Socket client) {
    try {
      Socket broker = new Socket(InetAddress.getLoopbackAddress(), port);
      open.addAll(List.of(client, broker));
      Thread.ofVirtual().start(() -> copy(client, broker, Side.CLIENT));
      Thread.ofVirtual().start(() -> copy(broker, client, Side.BROKER));
    } catch (IOException away) {
      close(client);
    }
  }

  private void copy(Socket from, Socket to, Side side) {
    byte[] some = new byte[8192];
    try {
      for (int n = from.getInputStream().read(some); n >= 0; n = from.getInputStream().read(some)) {
        waitWhileStill();
        if (holdsAck(some, n) && breaksAtAckOf.compareAndSet(side, null)) {
          cut();
          return;
        }
        to.getOutputStream().write(some, 0, n);
      }
    } catch (IOException ended) {
      // both ends are closed below
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    close(from);
    close(to);
  }

  private void waitWhileStill() throws InterruptedException {
    long left = stillUntilNanos - System.nanoTime();
    if (left > 0) {
      Thread.sleep(Duration.ofNanos(left));
    }
  }

  private static boolean holdsAck(byte[] some, int length) {
    for (int at = 0; at <= length - BASIC_ACK.length; at++) {
      if (Arrays.equals(some, at, at + BASIC_ACK.length, BASIC_ACK, 0, BASIC_ACK.length)) {
        return true;
      }
    }
    return false;
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public void close() {
    try {
      door.close();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    cut();
  }
}
