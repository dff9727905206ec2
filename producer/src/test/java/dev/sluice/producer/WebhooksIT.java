package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.Headers;
import com.openai.errors.InvalidWebhookSignatureException;
import com.openai.models.webhooks.UnwrapWebhookEvent;
import com.openai.models.webhooks.WebhookVerificationParams;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Webhooks, received by a test server and verified with OpenAI's SDK. */
class WebhooksIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  /** Of a delivery. A receiver that does not respond would delay others for this time. */
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final OpenAIClient SDK = OpenAIOkHttpClient.builder().apiKey("unused").build();

  private static @Nullable RunningProducer running;

  private final List<ReceivedEvent> received = new CopyOnWriteArrayList<>();
  private volatile int status = 200;
  private @Nullable HttpServer listener;

  private record ReceivedEvent(Headers headers, String body) {}

  @BeforeAll
  static void start(@TempDir Path directory) {
    running =
        RunningProducer.start(
            directory.resolve("postgres"),
            "sluice.webhooks.allow-private-addresses=true",
            "sluice.webhooks.timeout=" + TIMEOUT.toSeconds() + "s");
  }

  @AfterAll
  static void stop() {
    producer().close();
  }

  @BeforeEach
  void listen() throws IOException {
    listener = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    listener.createContext("/", this::receive);
    listener.start();
  }

  @AfterEach
  void stopListening() throws Exception {
    Objects.requireNonNull(listener).stop(0);
    for (JsonNode webhook : producer().get("/api/webhooks").path("data")) {
      producer()
          .send(producer().request("/api/webhooks/" + webhook.path("id").asString()).DELETE());
    }
  }

  @Test
  void webhookOfAFinishedBatchHasOpenAisFormat() throws Exception {
    String secret = webhook().path("secret").asString();
    String batch = producer().batch(RunningProducer.line("a", "x"));
    try (FakeWorker worker = producer().worker()) {
      await().atMost(SOON).until(() -> received.size() == 1);
      assertThat(worker.received).isNotEmpty();
    }
    UnwrapWebhookEvent event = SDK.webhooks().unwrap(verification(received.getFirst(), secret));
    event.validate();
    assertThat(event.asBatchCompleted().data().id()).isEqualTo(batch);
    assertThat(received.getFirst().headers().values("webhook-id"))
        .containsExactly(event.asBatchCompleted().id());

    String other = webhook().path("secret").asString();
    assertThatThrownBy(
            () -> SDK.webhooks().verifySignature(verification(received.getFirst(), other)))
        .isInstanceOf(InvalidWebhookSignatureException.class);
  }

  @Test
  void failedDeliveryIsRetried() throws Exception {
    status = 500;
    String secret = webhook().path("secret").asString();
    String batch = producer().batch("no json");
    await().atMost(SOON).until(() -> received.size() == 1);
    status = 204;
    await().atMost(SOON).until(() -> received.size() >= 2);
    UnwrapWebhookEvent event = SDK.webhooks().unwrap(verification(received.getLast(), secret));
    assertThat(event.asBatchFailed().data().id()).isEqualTo(batch);
    assertThat(received.getLast().body()).isEqualTo(received.getFirst().body());
    await()
        .atMost(SOON)
        .until(
            () ->
                producer()
                        .jdbc()
                        .sql("select count(*) from webhook_deliveries")
                        .query(Long.class)
                        .single()
                    == 0);
  }

  @Test
  void receiverThatDoesNotRespondDelaysNoOtherProject() throws Exception {
    RunningProducer other = project("silent");
    webhook();
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String url = "{\"url\":\"http://127.0.0.1:%d/\"}".formatted(silent.getLocalPort());
      String id =
          JSON.readTree(other.send("POST", "/api/webhooks", url).body()).path("id").asString();
      other.batch("no json");
      try (Socket pending = silent.accept()) {
        producer().batch("no json");
        await().atMost(TIMEOUT.dividedBy(2)).until(() -> received.size() == 1);
        assertThat(pending.isConnected()).isTrue();
      } finally {
        other.send(other.request("/api/webhooks/" + id).DELETE());
      }
    }
  }

  private static RunningProducer project(String name) throws Exception {
    String request = "{\"name\":\"x\",\"project\":\"%s\"}".formatted(name);
    String key =
        JSON.readTree(producer().send("POST", "/api/keys", request).body()).path("key").asString();
    return producer().with(key);
  }

  @Test
  void secretIsShownOnceAndUrlsAreValidated() throws Exception {
    JsonNode created = webhook();
    assertThat(created.path("secret").asString()).startsWith("whsec_");
    assertThat(producer().get("/api/webhooks").path("data").get(0).path("secret").isNull())
        .isTrue();
    for (String url : List.of("", "ftp://example.org/", "example.org", "http://", "file:///etc")) {
      assertThat(producer().send("POST", "/api/webhooks", "{\"url\":\"" + url + "\"}").statusCode())
          .as(url)
          .isEqualTo(400);
    }
  }

  private static WebhookVerificationParams verification(ReceivedEvent message, String secret) {
    return WebhookVerificationParams.builder()
        .payload(message.body())
        .headers(message.headers())
        .secret(secret)
        .build();
  }

  private JsonNode webhook() throws IOException, InterruptedException {
    int port = Objects.requireNonNull(listener).getAddress().getPort();
    String request = "{\"url\":\"http://127.0.0.1:%d/sluice\"}".formatted(port);
    return JSON.readTree(producer().send("POST", "/api/webhooks", request).body());
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      Headers.Builder headers = Headers.builder();
      exchange.getRequestHeaders().forEach(headers::put);
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      received.add(new ReceivedEvent(headers.build(), body));
      exchange.sendResponseHeaders(status, -1);
    }
  }

  private static RunningProducer producer() {
    return Objects.requireNonNull(running);
  }
}
