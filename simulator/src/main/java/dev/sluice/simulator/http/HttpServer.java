package dev.sluice.simulator.http;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Jetty with a virtual thread per call, so that thousands of calls can wait. */
public final class HttpServer implements AutoCloseable {
  private static final int ACCEPT_QUEUE_SIZE = 4096;
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  private final Server server;
  private final ServerConnector connector;
  private final CountDownLatch stopping;

  private HttpServer(Server server, ServerConnector connector, CountDownLatch stopping) {
    this.server = server;
    this.connector = connector;
    this.stopping = stopping;
  }

  /**
   * Starts the server.
   *
   * @param port 0 for a free port
   * @param hang duration after which a hanging call is closed
   * @throws IOException if the address is in use or invalid
   */
  public static HttpServer listen(
      String host, int port, Duration hang, ModelCallHandler calls, AdminEndpoints admin)
      throws IOException {
    QueuedThreadPool threads = new QueuedThreadPool(16, 4);
    threads.setName("simulator");
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    Server server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
    connector.setHost(host);
    connector.setPort(port);
    connector.setAcceptQueueSize(ACCEPT_QUEUE_SIZE);
    connector.setIdleTimeout(hang.plusMinutes(1).toMillis());
    connector.setShutdownIdleTimeout(50);
    server.addConnector(connector);
    CountDownLatch stopping = new CountDownLatch(1);
    Handler handler = new Router(calls, admin, new ResponseSender(stopping, hang));
    server.setHandler(new GracefulHandler(handler));
    server.setStopTimeout(STOP_TIMEOUT.toMillis());
    connector.open();
    start(server);
    return new HttpServer(server, connector, stopping);
  }

  private static void start(Server server) {
    try {
      server.start();
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP server failed to start", e);
    }
  }

  public int port() {
    return connector.getLocalPort();
  }

  /** Sends delayed responses immediately, closes hanging calls, then stops. */
  @Override
  public void close() {
    stopping.countDown();
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP server failed to stop", e);
    }
  }
}
