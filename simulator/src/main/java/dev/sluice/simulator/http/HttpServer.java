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

/** Jetty with a virtual thread for each call, so that thousands may wait at once. */
public final class HttpServer implements AutoCloseable {
  private static final int WAITING_CONNECTIONS = 4096;
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Server server;
  private final ServerConnector connector;
  private final CountDownLatch stopping;

  private HttpServer(Server server, ServerConnector connector, CountDownLatch stopping) {
    this.server = server;
    this.connector = connector;
    this.stopping = stopping;
  }

  /**
   * Listens.
   *
   * @param port 0 for any free one
   * @param hang how long a call may hang at most
   * @throws IOException where it cannot listen there
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
    connector.setAcceptQueueSize(WAITING_CONNECTIONS);
    connector.setIdleTimeout(hang.plusMinutes(1).toMillis());
    connector.setShutdownIdleTimeout(50);
    server.addConnector(connector);
    CountDownLatch stopping = new CountDownLatch(1);
    Handler handler = new Router(calls, admin, new ResponseSender(stopping, hang));
    server.setHandler(new GracefulHandler(handler));
    server.setStopTimeout(GRACE.toMillis());
    connector.open();
    start(server);
    return new HttpServer(server, connector, stopping);
  }

  private static void start(Server server) {
    try {
      server.start();
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP server does not start", e);
    }
  }

  public int port() {
    return connector.getLocalPort();
  }

  /** Answers at once what is waiting for its latency, ends what hangs, then stops. */
  @Override
  public void close() {
    stopping.countDown();
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP server does not stop", e);
    }
  }
}
