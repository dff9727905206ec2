package dev.sluice.testkit.broker;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * TCP proxy in front of the broker that can freeze, or close connections, also at a given AMQP
 * frame.
 */
public final class AmqpProxy implements AutoCloseable {
  private static final int PROTOCOL_HEADER = 8;

  private final URI broker;
  private final ServerSocket server;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final AtomicReference<@Nullable Trap> trap = new AtomicReference<>();
  private volatile long frozenUntilNanos = System.nanoTime();

  /** Sender of a frame. */
  public enum Side {
    BROKER,
    CLIENT
  }

  /** The frame at which the proxy closes the connection. */
  private sealed interface Trap {
    /** The next acknowledgement of that side. */
    record Ack(Side side) implements Trap {}

    /** The next publish to that exchange; the proxy forwards it and waits for its confirm. */
    record Publish(String exchange) implements Trap {}

    /** The confirm of the forwarded publish. */
    record Confirm(Link link, int channel) implements Trap {}
  }

  private record Link(Socket client, Socket broker) {}

  /** Listens on a free port. */
  public AmqpProxy(URI broker) {
    this.broker = broker;
    try {
      this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    Thread.ofVirtual().name("proxy").start(this::accept);
  }

  /** The port that clients connect to. */
  public int port() {
    return server.getLocalPort();
  }

  /** Closes all connections at both ends and accepts new ones. */
  public void cut() {
    open.forEach(AmqpProxy::close);
    open.clear();
  }

  /** Forwards nothing for this time and keeps all connections open. */
  public void freeze(Duration time) {
    frozenUntilNanos = System.nanoTime() + time.toNanos();
  }

  /** Closes all connections instead of forwarding the side's next acknowledgement. */
  public void cutAtTheNextAckOf(Side side) {
    trap.set(new Trap.Ack(side));
  }

  /**
   * Closes all connections after the broker confirms a message to the exchange, and drops the
   * confirm.
   */
  public void cutBetweenPublishAndConfirm(String exchange) {
    trap.set(new Trap.Publish(exchange));
  }

  /** Returns whether the trap has closed the connections, and disarms it. */
  public boolean wasCut() {
    return trap.getAndSet(null) == null;
  }

  /** Whether the proxy still waits for the frame at which it closes the connections. */
  public boolean isArmed() {
    return trap.get() != null;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        connect(client);
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void connect(Socket client) {
    try {
      Link link = new Link(client, new Socket(broker.getHost(), broker.getPort()));
      open.addAll(List.of(link.client(), link.broker()));
      Thread.ofVirtual().start(() -> pass(link, Side.CLIENT));
      Thread.ofVirtual().start(() -> pass(link, Side.BROKER));
    } catch (IOException unreachable) {
      close(client);
    }
  }

  private void pass(Link link, Side side) {
    Socket from = side == Side.CLIENT ? link.client() : link.broker();
    Socket to = side == Side.CLIENT ? link.broker() : link.client();
    try {
      DataInputStream in = new DataInputStream(new BufferedInputStream(from.getInputStream()));
      OutputStream out = to.getOutputStream();
      if (side == Side.CLIENT) {
        out.write(in.readNBytes(PROTOCOL_HEADER));
      }
      for (AmqpFrame frame = AmqpFrame.read(in); frame != null; frame = AmqpFrame.read(in)) {
        waitWhileFrozen();
        if (triggers(link, side, frame)) {
          cut();
          return;
        }
        frame.writeTo(out);
      }
    } catch (IOException ended) {
      // closed below
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    close(from);
    close(to);
  }

  private boolean triggers(Link link, Side side, AmqpFrame frame) {
    Trap set = trap.get();
    return switch (set) {
      case null -> false;
      case Trap.Ack ack -> side == ack.side() && frame.isAck() && trap.compareAndSet(set, null);
      case Trap.Publish publish -> {
        if (side == Side.CLIENT
            && frame.publishesTo().filter(publish.exchange()::equals).isPresent()) {
          trap.compareAndSet(set, new Trap.Confirm(link, frame.channel()));
        }
        yield false;
      }
      case Trap.Confirm confirm ->
          side == Side.BROKER
              && link.equals(confirm.link())
              && frame.channel() == confirm.channel()
              && frame.isAck()
              && trap.compareAndSet(set, null);
    };
  }

  private void waitWhileFrozen() throws InterruptedException {
    long remaining = frozenUntilNanos - System.nanoTime();
    if (remaining > 0) {
      Thread.sleep(Duration.ofNanos(remaining));
    }
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
      server.close();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    cut();
  }
}
