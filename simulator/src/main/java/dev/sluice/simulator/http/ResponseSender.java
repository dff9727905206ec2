package dev.sluice.simulator.http;

import dev.sluice.simulator.provider.ConnectionEnding;
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

/** The ways in which an answer leaves, or does not. */
final class ResponseSender {
  private final CountDownLatch stopping;
  private final Duration hang;

  ResponseSender(CountDownLatch stopping, Duration hang) {
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

  static void answer(Response response, Callback callback, SimulatedReply reply) {
    ByteBuffer body = begin(response, reply);
    response.write(true, body, callback);
  }

  /** Announces the whole body, sends half of it and closes. */
  static void halfAnswer(
      Request request, Response response, Callback callback, SimulatedReply reply) {
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

  /** Sends event after event, and leaves off where the caller has gone. */
  void stream(
      Request request, Response response, Callback callback, ConnectionEnding.Stream stream) {
    head(response, stream.head());
    List<String> events = stream.events();
    int last = stream.cut() ? events.size() / 2 : events.size();
    try {
      for (String event : events.subList(0, last)) {
        write(response, event);
        waitFor(stream.pause());
      }
    } catch (IOException gone) {
      callback.failed(gone);
      return;
    }
    if (stream.cut()) {
      end(request, callback, "half of the stream was sent on purpose");
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
    callback.failed(new IntentionalDisconnectException(why));
  }

  private static EndPoint endPoint(Request request) {
    return request.getConnectionMetaData().getConnection().getEndPoint();
  }
}
