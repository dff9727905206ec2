package dev.sluice.worker.provider;

import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.http.client.HttpMethod;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.platform.route.ProviderConnection;
import dev.sluice.worker.provider.Reply.Answered;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** Sends a task's request to the route's provider; returns every failure as a {@link Reply}. */
public final class ProviderClient {
  private static final String VERSION_PATH = "/v1";

  private final BoundedHttpClient http;
  private final ConnectionRetry connectionRetry = new ConnectionRetry();
  private final ProviderConnection connection;

  /**
   * @param callTimeout the maximum duration of one exchange, up to the last byte
   */
  public ProviderClient(ProviderConnection connection, Duration callTimeout) {
    this.http = new BoundedHttpClient(connection, callTimeout);
    this.connection = connection;
  }

  /** Makes the call, with the body unchanged. */
  public Reply send(TaskMessage task) {
    return exchange(task, http::execute, new AtomicBoolean());
  }

  /**
   * Makes the call and forwards the chunks of a streamed reply to the listener, if the request asks
   * for a stream.
   */
  public Reply send(TaskMessage task, StreamListener listener) {
    AtomicBoolean isForwarded = new AtomicBoolean();
    return exchange(
        task,
        request ->
            http.execute(
                request,
                listener,
                () -> {
                  isForwarded.set(asksForStream(task));
                  return isForwarded.get();
                }),
        isForwarded);
  }

  private static boolean asksForStream(TaskMessage task) {
    return RequestSummary.read(task.body()).map(RequestSummary::stream).orElse(false);
  }

  private Reply exchange(
      TaskMessage task,
      Function<HttpRequest, SuccessfulHttpResponse> execute,
      AtomicBoolean isForwarded) {
    long start = System.nanoTime();
    String key = connection.key();
    ApiKeyRedactor redactor = new ApiKeyRedactor(key);
    HttpRequest request = request(task, key);
    try {
      SuccessfulHttpResponse response = connectionRetry.run(() -> execute.apply(request));
      Payload body = Payload.of(response.bodyBytes());
      Answered reply = answered(response.statusCode(), response.headers(), body, since(start));
      return isForwarded.get()
          ? streamed(redacted(reply, redactor))
          : redacted(StreamAssembler.assemble(reply), redactor);
    } catch (CallCancelledException cancelled) {
      return new Reply.Cancelled(since(start));
    } catch (ProviderErrorException error) {
      return redacted(
          answered(error.statusCode(), error.headers(), error.body(), since(start)), redactor);
    } catch (ReplyTooLargeException large) {
      return new Reply.TooLarge(large.statusCode(), TaskCodec.MAX_REPLY_BYTES, since(start));
    } catch (TimeoutException timeout) {
      return new Reply.TimedOut(since(start));
    } catch (UncheckedIOException failed) {
      String reason = reason(failed);
      return ConnectionRetry.neverConnected(failed)
          ? new Reply.NotConnected(reason, since(start))
          : new Reply.ConnectionLost(reason, since(start));
    }
  }

  private static Answered answered(
      int status, Map<String, List<String>> headers, Payload body, Duration latency) {
    return new Answered(status, headers, ReplyCharset.toUtf8(headers, body), latency);
  }

  /** Must follow the assembly: the chunks of a stream may split the key. */
  private static Answered redacted(Answered reply, ApiKeyRedactor redactor) {
    return new Answered(
        reply.status(),
        redactor.redact(reply.headers()),
        redactor.redact(reply.body()),
        reply.latency());
  }

  private static Reply.Streamed streamed(Answered tail) {
    Answered head = new Answered(tail.status(), tail.headers(), Payload.empty(), tail.latency());
    return new Reply.Streamed(head, tail.body(), tail.latency());
  }

  private HttpRequest request(TaskMessage task, String key) {
    String path = task.ids().endpoint().substring(VERSION_PATH.length());
    HttpRequest.Builder builder =
        HttpRequest.builder()
            .method(HttpMethod.POST)
            .url(connection.url(path))
            .addHeader("Content-Type", "application/json")
            .addHeader("Accept", "application/json")
            .body(task.body().text());
    connection.headers(path, key, task.requestHeaders()).forEach(builder::addHeader);
    String traceparent = task.ids().traceparent();
    if (connection.sendsTraceparent() && traceparent != null) {
      builder.addHeader("traceparent", traceparent);
    }
    return builder.build();
  }

  private String reason(UncheckedIOException failed) {
    Throwable cause = Objects.requireNonNull(failed.getCause());
    String message = cause.getMessage();
    String description =
        cause instanceof ConnectException ? "connection refused" : cause.toString();
    return connection.baseUrl() + ": " + (message == null ? description : message);
  }

  private static Duration since(long startNanos) {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }
}
