package dev.sluice.worker.provider;

import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.platform.route.ProviderConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Implements langchain4j's HTTP client with the JDK's client, with two differences: it keeps the
 * headers of errors, and its timeout covers the exchange up to the last byte (the JDK's timeout
 * ends at the headers).
 */
final class BoundedHttpClient implements HttpClient {
  static final String EVENT_STREAM = "text/event-stream";

  private final ProviderConnection connection;
  private final Duration callTimeout;

  BoundedHttpClient(ProviderConnection connection, Duration callTimeout) {
    this.connection = connection;
    this.callTimeout = callTimeout;
  }

  /**
   * @throws ProviderErrorException for a status outside 200-299
   * @throws ReplyTooLargeException for a body of more than {@link TaskCodec#MAX_REPLY_BYTES}
   * @throws TimeoutException if the exchange exceeds the call timeout
   * @throws UncheckedIOException if the connection fails or is lost
   */
  @Override
  public SuccessfulHttpResponse execute(HttpRequest request) {
    return requireSuccess(
        await(
            connection
                .client()
                .sendAsync(jdkRequest(request), SizeLimitedBody.handler(TaskCodec.MAX_REPLY_BYTES)),
            new CompletableFuture<>()));
  }

  /**
   * The same, with a listener for streamed replies. The returned body of a forwarded stream is only
   * its tail.
   *
   * @param isForwarded whether the listener receives a stream; not evaluated for other replies
   * @throws CallCancelledException if the listener cancels the call
   */
  SuccessfulHttpResponse execute(
      HttpRequest request, StreamListener listener, BooleanSupplier isForwarded) {
    BodyHandler<byte[]> complete = SizeLimitedBody.handler(TaskCodec.MAX_REPLY_BYTES);
    BodyHandler<byte[]> body =
        head ->
            isSuccessfulStream(head) && isForwarded.getAsBoolean()
                ? new StreamedBody(lowerCaseNames(head.headers()), listener)
                : complete.apply(head);
    return requireSuccess(
        await(connection.client().sendAsync(jdkRequest(request), body), listener.cancelled()));
  }

  private static boolean isSuccessfulStream(ResponseInfo head) {
    return head.statusCode() / 100 == 2 && isEventStream(lowerCaseNames(head.headers()));
  }

  /** Whether the content type is that of a stream; case-insensitive. */
  static boolean isEventStream(Map<String, List<String>> headers) {
    return headers.getOrDefault("content-type", List.of()).stream()
        .anyMatch(type -> type.strip().toLowerCase(Locale.ROOT).startsWith(EVENT_STREAM));
  }

  private static SuccessfulHttpResponse requireSuccess(HttpResponse<byte[]> response) {
    Map<String, List<String>> headers = lowerCaseNames(response.headers());
    ContentDecoder.removeCoding(headers);
    if (response.statusCode() / 100 != 2) {
      throw new ProviderErrorException(response.statusCode(), headers, Payload.of(response.body()));
    }
    return SuccessfulHttpResponse.builder()
        .statusCode(response.statusCode())
        .headers(headers)
        .body(response.body())
        .build();
  }

  @Override
  public void execute(
      HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
    throw new UnsupportedOperationException("langchain4j's SSE API is not used");
  }

  private HttpResponse<byte[]> await(
      CompletableFuture<HttpResponse<byte[]>> exchange, CompletableFuture<Void> cancelled) {
    try {
      CompletableFuture.anyOf(exchange, cancelled).get(callTimeout.toNanos(), TimeUnit.NANOSECONDS);
      if (!exchange.isDone()) {
        exchange.cancel(true);
        throw new CallCancelledException();
      }
      return exchange.get();
    } catch (java.util.concurrent.TimeoutException timeout) {
      exchange.cancel(true);
      throw new TimeoutException(
          "no complete reply within " + callTimeout.toMillis() + " ms", timeout);
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause();
      for (Throwable t = cause; t != null; t = t.getCause()) {
        if (t instanceof ReplyTooLargeException large) {
          throw large;
        }
      }
      throw new UncheckedIOException(
          cause instanceof IOException io ? io : new IOException(String.valueOf(cause), cause));
    } catch (InterruptedException interrupted) {
      exchange.cancel(true);
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(
          new IOException("interrupted while waiting for the reply", interrupted));
    }
  }

  private static java.net.http.HttpRequest jdkRequest(HttpRequest request) {
    java.net.http.HttpRequest.Builder builder =
        java.net.http.HttpRequest.newBuilder(URI.create(request.url()))
            .method(request.method().name(), BodyPublishers.ofString(request.body()));
    request.headers().forEach((name, values) -> values.forEach(v -> builder.header(name, v)));
    return builder.build();
  }

  static Map<String, List<String>> lowerCaseNames(HttpHeaders headers) {
    Map<String, List<String>> lowerCase = new TreeMap<>();
    headers.map().forEach((name, values) -> lowerCase.put(name.toLowerCase(Locale.ROOT), values));
    return lowerCase;
  }
}
