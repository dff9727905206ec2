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

/** A TCP proxy that can cut its connections. */
final class TcpProxy implements AutoCloseable {
  /** AMQP class 60, method 80. */
  private static final byte[] BASIC_ACK = {0, 60, 0, 80};

  private final String host;
  private final int port;
  private final ServerSocket listener;
  private volatile boolean cutAtConfirm;
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  TcpProxy(URI server) throws IOException {
    host = server.getHost();
    port = server.getPort();
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Cuts the connections instead of forwarding the broker's next confirm. */
  void cutAtNextConfirm() {
    cutAtConfirm = true;
  }

  /** Whether {@link #cutAtNextConfirm} has cut the connections. */
  boolean hasCutAtConfirm() {
    return !cutAtConfirm;
  }

  /** Closes both ends of all connections; new connections are accepted. */
  void cut() {
    open.forEach(TcpProxy::close);
    open.clear();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket(host, port);
        open.addAll(List.of(client, server));
        Thread.ofVirtual().start(() -> copy(client, server, false));
        Thread.ofVirtual().start(() -> copy(server, client, true));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static boolean containsConfirm(byte[] buffer, int length) {
    for (int at = 0; at <= length - BASIC_ACK.length; at++) {
      if (Arrays.equals(buffer, at, at + BASIC_ACK.length, BASIC_ACK, 0, BASIC_ACK.length)) {
        return true;
      }
    }
    return false;
  }

  private void copy(Socket from, Socket to, boolean fromServer) {
    byte[] buffer = new byte[8192];
    try {
      for (int n = from.getInputStream().read(buffer);
          n >= 0;
          n = from.getInputStream().read(buffer)) {
        if (fromServer && cutAtConfirm && containsConfirm(buffer, n)) {
          cutAtConfirm = false;
          cut();
          return;
        }
        to.getOutputStream().write(buffer, 0, n);
      }
    } catch (IOException cut) {
      // the other direction is closed below
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
    listener.close();
    cut();
  }
}
