package dev.sluice.worker.provider;

import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.http.client.HttpMethod;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.sluice.common.route.ProviderConnection;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskMessage;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** Sends one task's request to a route's provider; every end that a call can have is a value. */
public final class ProviderClient {
  private static final String VERSION_PATH = "/v1";

  private final BoundedHttpClient http;
  private final ConnectionRetry connections = new ConnectionRetry();
  private final ProviderConnection link;

  /**
   * @param callTimeout how long one exchange may take, to its last byte
   */
  public ProviderClient(ProviderConnection link, Duration callTimeout) {
    this.http = new BoundedHttpClient(link, callTimeout);
    this.link = link;
  }

  /** Makes the call. The body goes out as it is. */
  public Reply send(TaskMessage task) {
    return sent(task, http::execute);
  }

  /** Makes the call for somebody who takes what is streamed as it comes. */
  public Reply send(TaskMessage task, StreamListener watcher) {
    return sent(task, request -> http.execute(request, watcher));
  }

  private Reply sent(TaskMessage task, Function<HttpRequest, SuccessfulHttpResponse> exchange) {
    long start = System.nanoTime();
    String key = link.key();
    ApiKeyRedactor apiKeyRedactor = new ApiKeyRedactor(key);
    HttpRequest request = request(task, key);
    try {
      return answered(connections.run(() -> exchange.apply(request)), apiKeyRedactor, since(start));
    } catch (CallCancelledException unwanted) {
      return new Reply.Abandoned(since(start));
    } catch (ProviderErrorException refusal) {
      return new Reply.Answered(
          refusal.statusCode(),
          apiKeyRedactor.redact(refusal.headers()),
          apiKeyRedactor.redact(refusal.body()),
          since(start));
    } catch (ReplyTooLargeException large) {
      return new Reply.TooLarge(
          large.statusCode(), BoundedHttpClient.MAX_REPLY_BYTES, since(start));
    } catch (TimeoutException late) {
      return new Reply.TimedOut(since(start));
    } catch (UncheckedIOException failed) {
      String reason = reason(failed);
      return ConnectionRetry.neverConnected(failed)
          ? new Reply.NotConnected(reason, since(start))
          : new Reply.Broken(reason, since(start));
    }
  }

  private static Reply answered(
      SuccessfulHttpResponse response, ApiKeyRedactor apiKeyRedactor, Duration took) {
    Payload payload = apiKeyRedactor.redact(Payload.of(response.bodyBytes()));
    Map<String, List<String>> headers = apiKeyRedactor.redact(response.headers());
    boolean streamed =
        headers.getOrDefault("content-type", List.of()).stream()
            .anyMatch(type -> type.startsWith(BoundedHttpClient.EVENT_STREAM));
    return streamed
        ? new Reply.Streamed(
            new Reply.Answered(response.statusCode(), headers, Payload.empty(), took),
            payload,
            took)
        : new Reply.Answered(response.statusCode(), headers, payload, took);
  }

  private HttpRequest request(TaskMessage task, String key) {
    HttpRequest.Builder builder =
        HttpRequest.builder()
            .method(HttpMethod.POST)
            .url(link.baseUrl() + task.ids().endpoint().substring(VERSION_PATH.length()))
            .addHeader("Content-Type", "application/json")
            .addHeader("Accept", "application/json")
            .body(task.body().text());
    if (!key.isEmpty()) {
      builder.addHeader("Authorization", "Bearer " + key);
    }
    String traceparent = task.ids().traceparent();
    if (link.sendsTraceparent() && traceparent != null) {
      builder.addHeader("traceparent", traceparent);
    }
    return builder.build();
  }

  private String reason(UncheckedIOException failed) {
    Throwable cause = Objects.requireNonNull(failed.getCause());
    String message = cause.getMessage();
    String said = cause instanceof ConnectException ? "connection refused" : cause.toString();
    return link.baseUrl() + ": " + (message == null ? said : message);
  }

  private static Duration since(long startNanos) {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }
}
