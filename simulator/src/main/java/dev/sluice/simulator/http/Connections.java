package dev.sluice.simulator.http;

import dev.sluice.simulator.provider.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.Callback;

/** The ways in which an answer leaves, or does not. */
final class Connections {
  private final CountDownLatch stopping;
  private final Duration hang;

  Connections(CountDownLatch stopping, Duration hang) {
    this.stopping = stopping;
    this.hang = hang;
  }

  /** Waits, but no longer than the server lives. */
  void waitFor(Duration time) {
    if (time.isNegative() || time.isZero()) {
      return;
    }
    try {
      boolean unused = stopping.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  static void answer(Response response, Callback callback, Reply reply) {
    ByteBuffer body = begin(response, reply);
    response.write(true, body, callback);
  }

  /** Announces the whole body, sends half of it and closes. */
  static void halfAnswer(Request request, Response response, Callback callback, Reply reply) {
    ByteBuffer body = begin(response, reply);
    body.limit(body.limit() / 2);
    try (Blocker.Callback written = Blocker.callback()) {
      response.write(false, body, written);
      written.block();
    } catch (IOException gone) {
      callback.failed(gone);
      return;
    }
    end(request, callback, "half of the body was sent on purpose");
  }

  private static ByteBuffer begin(Response response, Reply reply) {
    ByteBuffer body = ByteBuffer.wrap(reply.body().getBytes(StandardCharsets.UTF_8));
    response.setStatus(reply.status());
    reply.headers().forEach((name, value) -> response.getHeaders().put(name, value));
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.remaining());
    return body;
  }

  /** Says nothing until patience ends, then closes. */
  void silence(Request request, Callback callback) {
    waitFor(hang);
    end(request, callback, "nothing was answered on purpose");
  }

  /** A socket that does not linger is reset when it is closed. */
  static void reset(Request request, Callback callback) {
    if (endPoint(request).getTransport() instanceof SocketChannel channel) {
      try {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    end(request, callback, "the connection was reset on purpose");
  }

  private static void end(Request request, Callback callback, String why) {
    endPoint(request).close();
    callback.failed(new EndedOnPurposeException(why));
  }

  private static EndPoint endPoint(Request request) {
    return request.getConnectionMetaData().getConnection().getEndPoint();
  }
}
