package dev.sluice.worker.provider;

import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.http.client.HttpMethod;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.sluice.common.route.ProviderConnection;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.common.wire.TaskMessage;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    return exchange(task, http::execute);
  }

  /** Makes the call and forwards the chunks of a streamed reply to the listener. */
  public Reply send(TaskMessage task, StreamListener listener) {
    return exchange(task, request -> http.execute(request, listener));
  }

  private Reply exchange(TaskMessage task, Function<HttpRequest, SuccessfulHttpResponse> execute) {
    long start = System.nanoTime();
    String key = connection.key();
    ApiKeyRedactor redactor = new ApiKeyRedactor(key);
    HttpRequest request = request(task, key);
    try {
      return toReply(connectionRetry.run(() -> execute.apply(request)), redactor, since(start));
    } catch (CallCancelledException cancelled) {
      return new Reply.Cancelled(since(start));
    } catch (ProviderErrorException error) {
      return new Reply.Answered(
          error.statusCode(),
          redactor.redact(error.headers()),
          redactor.redact(error.body()),
          since(start));
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

  private static Reply toReply(
      SuccessfulHttpResponse response, ApiKeyRedactor redactor, Duration latency) {
    Payload payload = redactor.redact(Payload.of(response.bodyBytes()));
    Map<String, List<String>> headers = redactor.redact(response.headers());
    boolean streamed =
        headers.getOrDefault("content-type", List.of()).stream()
            .anyMatch(type -> type.startsWith(BoundedHttpClient.EVENT_STREAM));
    return streamed
        ? new Reply.Streamed(
            new Reply.Answered(response.statusCode(), headers, Payload.empty(), latency),
            payload,
            latency)
        : new Reply.Answered(response.statusCode(), headers, payload, latency);
  }

  private HttpRequest request(TaskMessage task, String key) {
    HttpRequest.Builder builder =
        HttpRequest.builder()
            .method(HttpMethod.POST)
            .url(connection.baseUrl() + task.ids().endpoint().substring(VERSION_PATH.length()))
            .addHeader("Content-Type", "application/json")
            .addHeader("Accept", "application/json")
            .body(task.body().text());
    if (!key.isEmpty()) {
      builder.addHeader("Authorization", "Bearer " + key);
    }
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
