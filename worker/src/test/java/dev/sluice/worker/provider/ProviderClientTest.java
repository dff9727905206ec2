package dev.sluice.worker.provider;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.common.wire.TokenUsage;
import dev.sluice.platform.route.MaxTokensField;
import dev.sluice.platform.route.Provider;
import dev.sluice.platform.route.ProviderAuth;
import dev.sluice.platform.route.ProviderConnection;
import dev.sluice.platform.route.ProviderDialect;
import dev.sluice.platform.route.TestRoutes;
import dev.sluice.worker.classify.OutcomeClassifier;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.provider.Reply.Answered;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

class ProviderClientTest {
  private static final String REQUEST = "{\"model\" :  \"m\",\n \"x\":\"Grüße \\u0041\"}";

  private final CountDownLatch testEnded = new CountDownLatch(1);
  private HttpServer server;

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  @AfterEach
  void stop() {
    testEnded.countDown();
    server.stop(0);
  }

  @Test
  void requestAndReplyAreForwardedByteForByteWithKey() {
    AtomicReference<String> received = new AtomicReference<>("");
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          received.set(exchange.getRequestHeaders().getFirst("Authorization") + " " + body);
          answer(exchange, 200, "{ \"ok\" : \"Grüße\" }");
        });

    Reply reply = client(Duration.ofSeconds(5)).send(task());

    assertThat(received.get()).isEqualTo("Bearer sk-1 " + REQUEST);
    assertThat(reply)
        .isInstanceOfSatisfying(
            Answered.class,
            answer -> {
              assertThat(answer.status()).isEqualTo(200);
              assertThat(answer.body().text()).isEqualTo("{ \"ok\" : \"Grüße\" }");
            });
  }

  @Test
  void traceparentIsSentOnlyIfConfigured() {
    List<String> traceparents = new ArrayList<>();
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          traceparents.add(exchange.getRequestHeaders().getFirst("traceparent"));
          answer(exchange, 200, "{}");
        });
    String traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    int port = server.getAddress().getPort();

    client(port, Duration.ofSeconds(5)).send(task().withTraceparent(traceparent));
    client(port, Duration.ofSeconds(5), /* sendTraceparent= */ true)
        .send(task().withTraceparent(traceparent));

    assertThat(traceparents).containsExactly(null, traceparent);
  }

  @Test
  void messagesHaveAnthropicsKeyAndVersionAndTheCallersHeaders() {
    List<Map<String, List<String>>> received = new ArrayList<>();
    server.createContext(
        "/v1/messages",
        exchange -> {
          received.add(Map.copyOf(exchange.getRequestHeaders()));
          answer(exchange, 200, "{\"type\":\"message\"}");
        });
    ProviderClient client = client(Duration.ofSeconds(5));

    client.send(task("/v1/messages"));
    client.send(
        task("/v1/messages")
            .withRequestHeaders(Map.of("anthropic-version", "2099-01-01", "anthropic-beta", "b")));

    assertThat(received.getFirst())
        .containsEntry("X-api-key", List.of("sk-1"))
        .containsEntry("Anthropic-version", List.of("2023-06-01"))
        .doesNotContainKeys("Authorization", "Anthropic-beta");
    assertThat(received.getLast())
        .containsEntry("Anthropic-version", List.of("2099-01-01"))
        .containsEntry("Anthropic-beta", List.of("b"));
  }

  @Test
  void beginningOfLongStreamIsKeptWithItsEnd() {
    String word = "data: {\"delta\":\"%s\"}\n\n".formatted("word ".repeat(100));
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
          answer(exchange, 200, "data: first\n\n" + word.repeat(1000) + "data: last\n\n");
        });

    Reply reply =
        client(Duration.ofSeconds(5))
            .send(streamTask(), new RecordingListener(new CountDownLatch(1)));

    assertThat(((Reply.Streamed) reply).tail().text().lines())
        .startsWith("data: first")
        .endsWith("data: last", "")
        .hasSizeBetween(200, 700);
  }

  @Test
  void statusAndUsageOfAnEventThatIsLongerThanTheTailAreFound() {
    String text = "words of a \\\"long\\\" answer ".repeat(20_000);
    String item =
        "{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"%s\"}]}"
            .formatted(text);
    String event =
        """
        event: response.incomplete
        data: {"type":"response.incomplete","response":{"id":"resp_1","status":"incomplete",\
        "incomplete_details":{"reason":"max_output_tokens"},"output":[%s],"service_tier":"flex",\
        "usage":{"input_tokens":70,"input_tokens_details":{"cached_tokens":5},"output_tokens":8}}}

        """
            .formatted(item);
    server.createContext(
        "/v1/responses",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
          answer(exchange, 200, "data: %s\n\n".formatted(item) + event);
        });

    Reply reply =
        client(Duration.ofSeconds(5))
            .send(
                task("/v1/responses").withBody(Payload.of("{\"model\":\"m\",\"stream\":true}")),
                new RecordingListener(new CountDownLatch(1)));

    assertThat(((Reply.Streamed) reply).tail().size()).isLessThan(200 * 1024);
    assertThat(
            new OutcomeClassifier(TestRoutes.route("r", Map.of()), Clock.systemUTC())
                .classify(reply))
        .isInstanceOfSatisfying(
            TaskOutcome.Completed.class,
            completed -> {
              assertThat(completed.cutOff()).isTrue();
              assertThat(completed.usage()).isEqualTo(new TokenUsage(70, 8, 5, 0, "flex"));
            });
  }

  @Test
  void headersOfErrorReplyAreKept() {
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          exchange.getResponseHeaders().add("Retry-After", "7");
          exchange.getResponseHeaders().add("x-ratelimit-remaining-requests", "0");
          answer(exchange, 429, "{\"error\":{}}");
        });

    assertThat(client(Duration.ofSeconds(5)).send(task()))
        .isInstanceOfSatisfying(
            Answered.class,
            answer -> {
              assertThat(answer.status()).isEqualTo(429);
              assertThat(answer.header("retry-after")).contains("7");
              assertThat(answer.header("x-ratelimit-remaining-requests")).contains("0");
              assertThat(answer.body().text()).isEqualTo("{\"error\":{}}");
            });
  }

  @Test
  void streamIsForwardedChunkByChunkAndItsTailIsKept() {
    CountDownLatch firstChunk = new CountDownLatch(1);
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("data: one\n\n".getBytes(UTF_8));
          exchange.getResponseBody().flush();
          awaitLatch(firstChunk);
          exchange.getResponseBody().write("data: [DONE]\n\n".getBytes(UTF_8));
          exchange.close();
        });
    RecordingListener recordingListener = new RecordingListener(firstChunk);

    Reply reply = client(Duration.ofSeconds(5)).send(streamTask(), recordingListener);

    assertThat(reply)
        .isInstanceOfSatisfying(
            Reply.Streamed.class,
            stream -> assertThat(stream.tail().text()).endsWith("data: [DONE]\n\n"));
    assertThat(recordingListener.text.toString(UTF_8)).isEqualTo("data: one\n\ndata: [DONE]\n\n");
    assertThat(recordingListener.headers.get("content-type")).containsExactly("text/event-stream");
  }

  @Test
  void cancelledCallIsAborted() throws Exception {
    CountDownLatch firstChunk = new CountDownLatch(1);
    CountDownLatch providerSawDisconnect = new CountDownLatch(1);
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
          exchange.sendResponseHeaders(200, 0);
          try {
            while (true) {
              exchange.getResponseBody().write("data: more\n\n".getBytes(UTF_8));
              exchange.getResponseBody().flush();
            }
          } catch (IOException closed) {
            providerSawDisconnect.countDown();
          }
        });
    RecordingListener recordingListener = new RecordingListener(firstChunk);
    Thread.startVirtualThread(
        () -> {
          awaitLatch(firstChunk);
          recordingListener.cancelled.complete(null);
        });

    Reply reply = client(Duration.ofSeconds(20)).send(streamTask(), recordingListener);

    assertThat(reply).isInstanceOf(Reply.Cancelled.class);
    assertThat(providerSawDisconnect.await(10, TimeUnit.SECONDS)).isTrue();
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  /** Records a streamed reply. */
  private static final class RecordingListener implements StreamListener {
    private final CountDownLatch first;
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private final CompletableFuture<Void> cancelled = new CompletableFuture<>();
    private Map<String, List<String>> headers = Map.of();

    RecordingListener(CountDownLatch first) {
      this.first = first;
    }

    @Override
    public void onHeaders(Map<String, List<String>> given) {
      headers = given;
    }

    @Override
    public void onChunk(byte[] chunk) {
      text.writeBytes(chunk);
      first.countDown();
    }

    @Override
    public CompletableFuture<Void> cancelled() {
      return cancelled;
    }
  }

  @Test
  void stalledBodyTimesOut() {
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write("{".getBytes(UTF_8));
          exchange.getResponseBody().flush();
          hang();
        });

    assertThat(client(Duration.ofMillis(500)).send(task())).isInstanceOf(Reply.TimedOut.class);
  }

  @Test
  void endlessReplyIsTooLarge() {
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] chunk = new byte[1024 * 1024];
          for (int i = 0; i < 64; i++) {
            exchange.getResponseBody().write(chunk);
          }
          exchange.close();
        });

    assertThat(client(Duration.ofSeconds(20)).send(task())).isInstanceOf(Reply.TooLarge.class);
  }

  @Test
  void truncatedBodyIsConnectionLoss() {
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write("{\"half\":".getBytes(UTF_8));
          exchange.close();
        });

    assertThat(client(Duration.ofSeconds(5)).send(task())).isInstanceOf(Reply.ConnectionLost.class);
  }

  @Test
  void closedPortIsNotConnected() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }

    assertThat(client(port, Duration.ofSeconds(5)).send(task()))
        .isInstanceOfSatisfying(
            Reply.NotConnected.class,
            notConnected -> assertThat(notConnected.reason()).contains("http://127.0.0.1:" + port));
  }

  @Test
  void redirectIsNotFollowed() {
    AtomicReference<String> redirectTarget = new AtomicReference<>("not called");
    server.createContext(
        "/redirect-target",
        exchange -> {
          redirectTarget.set(
              String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
          answer(exchange, 200, "{}");
        });
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          exchange
              .getResponseHeaders()
              .add(
                  "Location",
                  "http://localhost:%d/redirect-target".formatted(server.getAddress().getPort()));
          answer(exchange, 307, "{}");
        });

    assertThat(client(Duration.ofSeconds(5)).send(task()))
        .isInstanceOfSatisfying(
            Answered.class, answer -> assertThat(answer.status()).isEqualTo(307));
    assertThat(redirectTarget.get()).isEqualTo("not called");
  }

  @Test
  void apiKeyIsRedactedInReplies() {
    String key = "sk-planted-0123456789";
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          exchange.getResponseHeaders().add("x-request-id", "of " + key);
          answer(
              exchange, 401, "{\"error\":{\"message\":\"Incorrect API key: %s.\"}}".formatted(key));
        });
    server.createContext(
        "/v1/embeddings", exchange -> answer(exchange, 200, "{\"echo\":\"%s\"}".formatted(key)));
    ProviderClient client = client(server.getAddress().getPort(), key, Duration.ofSeconds(5));

    assertThat(client.send(task()))
        .isInstanceOfSatisfying(
            Answered.class,
            answer -> {
              assertThat(answer.body().text())
                  .isEqualTo("{\"error\":{\"message\":\"Incorrect API key: ***.\"}}");
              assertThat(answer.header("x-request-id")).contains("of ***");
            });
    assertThat(client.send(task("/v1/embeddings")))
        .isInstanceOfSatisfying(
            Answered.class,
            answer -> assertThat(answer.body().text()).isEqualTo("{\"echo\":\"***\"}"));
  }

  @Test
  void apiKeyThatChunksSplitIsRedacted() {
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
          answer(
              exchange,
              200,
              """
              data: {"choices":[{"index":0,"delta":{"content":"sk-planted-"}}]}

              data: {"choices":[{"index":0,"delta":{"content":"0123456789"},"finish_reason":"stop"}]}
              """);
        });
    ProviderClient client =
        client(server.getAddress().getPort(), "sk-planted-0123456789", Duration.ofSeconds(5));

    assertThat(client.send(task()))
        .isInstanceOfSatisfying(
            Answered.class, answer -> assertThat(answer.body().text()).contains("\"***\""));
  }

  private void hang() {
    try {
      testEnded.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private ProviderClient client(Duration callTimeout) {
    return client(server.getAddress().getPort(), callTimeout);
  }

  private static ProviderClient client(int port, Duration callTimeout) {
    return client(port, "sk-1", callTimeout, /* sendTraceparent= */ false);
  }

  private static ProviderClient client(int port, Duration callTimeout, boolean sendTraceparent) {
    return client(port, "sk-1", callTimeout, sendTraceparent);
  }

  private static ProviderClient client(int port, String key, Duration callTimeout) {
    return client(port, key, callTimeout, /* sendTraceparent= */ false);
  }

  private static ProviderClient client(
      int port, String key, Duration callTimeout, boolean sendTraceparent) {
    Provider provider =
        new Provider(
            URI.create("http://127.0.0.1:" + port + "/v1/"),
            key,
            /* apiKeyFile= */ null,
            ProviderAuth.AUTO,
            /* headers= */ Map.of(),
            /* query= */ Map.of(),
            /* sslBundle= */ "",
            ProviderDialect.OPENAI,
            MaxTokensField.AUTO,
            Duration.ofSeconds(2),
            callTimeout,
            sendTraceparent);
    return new ProviderClient(
        ProviderConnection.to(provider, new DefaultSslBundleRegistry()), callTimeout);
  }

  private static TaskMessage task() {
    return task("/v1/chat/completions");
  }

  private static TaskMessage streamTask() {
    return task().withBody(Payload.of("{\"model\":\"m\",\"stream\":true}"));
  }

  private static TaskMessage task(String endpoint) {
    TaskIds ids = new TaskIds("t", null, endpoint, "mini", Lane.BATCH, "c", null);
    return TaskMessage.first(ids, Instant.EPOCH, null, Payload.of(REQUEST));
  }
}
