package dev.sluice.simulator.http;

import dev.sluice.simulator.provider.ResponseDelivery;
import dev.sluice.simulator.provider.SimulatedReply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.Callback;

/** Sends responses, or breaks connections on purpose. */
final class ResponseSender {
  private final CountDownLatch stopping;
  private final Duration hang;

  ResponseSender(CountDownLatch stopping, Duration hang) {
    this.stopping = stopping;
    this.hang = hang;
  }

  /** Waits for this time, or until the server stops. */
  void waitFor(Duration time) {
    if (time.isNegative() || time.isZero()) {
      return;
    }
    try {
      boolean unused = stopping.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  static void sendFull(Response response, Callback callback, SimulatedReply reply) {
    ByteBuffer body = begin(response, reply);
    response.write(true, body, callback);
  }

  /** Announces the full length, sends half of the body and closes the connection. */
  static void sendPartial(
      Request request, Response response, Callback callback, SimulatedReply reply) {
    ByteBuffer body = begin(response, reply);
    body.limit(body.limit() / 2);
    try (Blocker.Callback written = Blocker.callback()) {
      response.write(false, body, written);
      written.block();
    } catch (IOException disconnected) {
      callback.failed(disconnected);
      return;
    }
    close(request, callback, "injected fault: half of the body");
  }

  /** Sends the events; stops if the client disconnects. */
  void stream(
      Request request, Response response, Callback callback, ResponseDelivery.Stream stream) {
    head(response, stream.head());
    List<String> events = stream.events();
    int count = stream.truncated() ? events.size() / 2 : events.size();
    try {
      for (String event : events.subList(0, count)) {
        write(response, event);
        waitFor(stream.pause());
      }
    } catch (IOException disconnected) {
      callback.failed(disconnected);
      return;
    }
    if (stream.truncated()) {
      close(request, callback, "injected fault: half of the stream");
    } else {
      response.write(true, null, callback);
    }
  }

  private static void write(Response response, String event) throws IOException {
    try (Blocker.Callback written = Blocker.callback()) {
      response.write(false, ByteBuffer.wrap(event.getBytes(StandardCharsets.UTF_8)), written);
      written.block();
    }
  }

  private static void head(Response response, SimulatedReply reply) {
    response.setStatus(reply.status());
    reply.headers().forEach((name, value) -> response.getHeaders().put(name, value));
  }

  private static ByteBuffer begin(Response response, SimulatedReply reply) {
    ByteBuffer body = ByteBuffer.wrap(reply.body().getBytes(StandardCharsets.UTF_8));
    head(response, reply);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.remaining());
    return body;
  }

  /** Sends nothing for the configured time, then closes the connection. */
  void hang(Request request, Callback callback) {
    waitFor(hang);
    close(request, callback, "injected fault: no response");
  }

  /** Closing a socket with SO_LINGER 0 sends a TCP reset. */
  static void reset(Request request, Callback callback) {
    if (endPoint(request).getTransport() instanceof SocketChannel channel) {
      try {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    close(request, callback, "injected fault: connection reset");
  }

  private static void close(Request request, Callback callback, String reason) {
    endPoint(request).close();
    callback.failed(new IntentionalDisconnectException(reason));
  }

  private static EndPoint endPoint(Request request) {
    return request.getConnectionMetaData().getConnection().getEndPoint();
  }
}
