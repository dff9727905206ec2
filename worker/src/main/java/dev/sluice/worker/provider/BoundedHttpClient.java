package dev.sluice.worker.provider;

import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import dev.sluice.common.route.ProviderConnection;
import dev.sluice.common.wire.Payload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
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

/**
 * langchain4j's HTTP client on the JDK's, with two differences: error headers are kept, and the
 * time limit covers the exchange to its last byte (the JDK's ends at the headers).
 */
final class BoundedHttpClient implements HttpClient {
  /**
   * Largest reply, in bytes: with its headers it has to fit into a message, and the broker's own
   * limit is 16 MiB on RabbitMQ 4. Over it the channel would die, and the reply with it.
   */
  static final int MAX_REPLY_BYTES = 15 * 1024 * 1024;

  static final String EVENT_STREAM = "text/event-stream";

  private final ProviderConnection link;
  private final Duration callTimeout;

  BoundedHttpClient(ProviderConnection link, Duration callTimeout) {
    this.link = link;
    this.callTimeout = callTimeout;
  }

  /**
   * @throws ProviderErrorException for a status outside 200-299
   * @throws ReplyTooLargeException for a body of more than {@link #MAX_REPLY_BYTES}
   * @throws TimeoutException when the exchange takes longer than a call may
   * @throws UncheckedIOException when the connection fails or breaks
   */
  @Override
  public SuccessfulHttpResponse execute(HttpRequest request) {
    return answer(
        await(
            link.client().sendAsync(jdkRequest(request), SizeLimitedBody.ofAtMost(MAX_REPLY_BYTES)),
            new CompletableFuture<>()));
  }

  /**
   * The same, with somebody who takes what is streamed: of that only the end is in the answer.
   *
   * @throws CallCancelledException when the watcher wants no more
   */
  SuccessfulHttpResponse execute(HttpRequest request, StreamListener watcher) {
    BodyHandler<byte[]> whole = SizeLimitedBody.ofAtMost(MAX_REPLY_BYTES);
    BodyHandler<byte[]> body = head -> isStream(head) ? streamed(head, watcher) : whole.apply(head);
    return answer(await(link.client().sendAsync(jdkRequest(request), body), watcher.abandoned()));
  }

  private static StreamedBody streamed(ResponseInfo head, StreamListener watcher) {
    return new StreamedBody(smallLetters(head.headers().map()), watcher);
  }

  private static boolean isStream(ResponseInfo head) {
    return head.statusCode() / 100 == 2
        && head.headers()
            .firstValue("content-type")
            .filter(type -> type.toLowerCase(Locale.ROOT).startsWith(EVENT_STREAM))
            .isPresent();
  }

  private static SuccessfulHttpResponse answer(HttpResponse<byte[]> response) {
    Map<String, List<String>> headers = smallLetters(response.headers().map());
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
    throw new UnsupportedOperationException("tasks are not streamed");
  }

  private HttpResponse<byte[]> await(
      CompletableFuture<HttpResponse<byte[]>> exchange, CompletableFuture<Void> abandoned) {
    try {
      CompletableFuture.anyOf(exchange, abandoned).get(callTimeout.toNanos(), TimeUnit.NANOSECONDS);
      if (!exchange.isDone()) {
        exchange.cancel(true);
        throw new CallCancelledException();
      }
      return exchange.get();
    } catch (java.util.concurrent.TimeoutException late) {
      exchange.cancel(true);
      throw new TimeoutException("no whole answer within " + callTimeout.toMillis() + " ms", late);
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause();
      for (Throwable t = cause; t != null; t = t.getCause()) {
        if (t instanceof ReplyTooLargeException large) {
          throw large;
        }
      }
      throw new UncheckedIOException(
          cause instanceof IOException io ? io : new IOException(String.valueOf(cause), cause));
    } catch (InterruptedException stopped) {
      exchange.cancel(true);
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(
          new IOException("interrupted while waiting for the answer", stopped));
    }
  }

  private static java.net.http.HttpRequest jdkRequest(HttpRequest request) {
    java.net.http.HttpRequest.Builder builder =
        java.net.http.HttpRequest.newBuilder(URI.create(request.url()))
            .method(request.method().name(), BodyPublishers.ofString(request.body()));
    request.headers().forEach((name, values) -> values.forEach(v -> builder.header(name, v)));
    return builder.build();
  }

  private static Map<String, List<String>> smallLetters(Map<String, List<String>> headers) {
    Map<String, List<String>> small = new TreeMap<>();
    headers.forEach((name, values) -> small.put(name.toLowerCase(Locale.ROOT), values));
    return small;
  }
}
