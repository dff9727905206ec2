package dev.sluice.producer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands between a client and a server, and can cut the connections that go through it. */
final class TcpProxy implements AutoCloseable {
  /** AMQP's class 60, method 80. */
  private static final byte[] BASIC_ACK = {0, 60, 0, 80};

  private final String host;
  private final int port;
  private final ServerSocket door;
  private volatile boolean cutAtConfirm;
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  TcpProxy(URI server) throws IOException {
    host = server.getHost();
    port = server.getPort();
    door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return door.getLocalPort();
  }

  /** Cuts the connections in place of the next confirm that the broker sends. */
  void cutAtTheNextConfirm() {
    cutAtConfirm = true;
  }

  /** Whether {@link #cutAtTheNextConfirm} has met one. */
  boolean hasCutAtConfirm() {
    return !cutAtConfirm;
  }

  /** Both ends of each connection see that it is gone; the next one goes through again. */
  void cut() {
    open.forEach(TcpProxy::close);
    open.clear();
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        Socket server = new Socket(host, port);
        open.addAll(List.of(client, server));
        Thread.ofVirtual().start(() -> copy(client, server, false));
        Thread.ofVirtual().start(() -> copy(server, client, true));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static boolean holdsConfirm(byte[] some, int length) {
    for (int at = 0; at <= length - BASIC_ACK.length; at++) {
      if (Arrays.equals(some, at, at + BASIC_ACK.length, BASIC_ACK, 0, BASIC_ACK.length)) {
        return true;
      }
    }
    return false;
  }

  private void copy(Socket from, Socket to, boolean fromServer) {
    byte[] some = new byte[8192];
    try {
      for (int n = from.getInputStream().read(some); n >= 0; n = from.getInputStream().read(some)) {
        if (fromServer && cutAtConfirm && holdsConfirm(some, n)) {
          cutAtConfirm = false;
          cut();
          return;
        }
        to.getOutputStream().write(some, 0, n);
      }
    } catch (IOException cut) {
      // the other direction ends below
    }
    close(from);
    close(to);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    door.close();
    cut();
  }
}
