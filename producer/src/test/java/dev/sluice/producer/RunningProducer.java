package dev.sluice.producer;

import static org.awaitility.Awaitility.await;

import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.producer.store.BatchId;
import dev.sluice.testkit.broker.TestBroker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A producer on a free port with an embedded PostgreSQL, and a client for it. */
record RunningProducer(ConfigurableApplicationContext context, HttpClient http, String key)
    implements AutoCloseable {
  static final String ROUTE = "producer-it";
  static final String OTHER_ROUTE = "producer-it-other";
  static final int MAX_TASKS_IN_BROKER = 50;
  static final String PROVIDER_KEY = "sk-of-the-provider";
  static final int MAX_FILE_SIZE = 4 * 1024 * 1024;
  static final int MAX_LINES = 1000;
  private static final String KEY = "test-key-0123456789";
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final List<String> TERMINAL_STATUSES =
      List.of("completed", "failed", "expired", "cancelled");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * Starts the producer.
   *
   * @param settings in addition to the defaults of all tests; those with the prefix {@code --}
   *     override {@code application.yaml}
   */
  static RunningProducer start(Path directory, String... settings) {
    Predicate<String> isOverride = setting -> setting.startsWith("--");
    ConfigurableApplicationContext context =
        new SpringApplicationBuilder(ProducerApplication.class)
            .properties(
                "sluice.api-key=" + KEY,
                "sluice.files.max-size=" + MAX_FILE_SIZE + "B",
                "sluice.input.max-lines=" + MAX_LINES,
                "spring.rabbitmq.addresses=" + TestBroker.amqpUrl(),
                "sluice.database.directory=" + directory,
                "sluice.routes[0].name=" + ROUTE,
                "sluice.routes[0].models=gpt-4o-mini",
                "sluice.routes[0].provider.url=http://127.0.0.1:9/v1",
                "sluice.routes[0].max-tasks-in-broker=" + MAX_TASKS_IN_BROKER,
                "sluice.routes[1].name=" + OTHER_ROUTE,
                "sluice.routes[1].models=gpt-4o",
                "sluice.routes[1].provider.url=http://127.0.0.1:9/v1",
                "sluice.routes[1].provider.api-key=" + PROVIDER_KEY)
            .properties(Stream.of(settings).filter(isOverride.negate()).toArray(String[]::new))
            .run(
                Stream.concat(Stream.of("--server.port=0"), Stream.of(settings).filter(isOverride))
                    .toArray(String[]::new));
    return new RunningProducer(context, HttpClient.newHttpClient(), KEY);
  }

  /** The same producer, called with another key. */
  RunningProducer with(String otherKey) {
    return new RunningProducer(context, http, otherKey);
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  JdbcClient jdbc() {
    return bean(JdbcClient.class);
  }

  HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return send(
        request(path)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .header("Content-Type", "application/json"));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  HttpRequest.Builder request(String path) {
    String port = context.getEnvironment().getProperty("local.server.port");
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("Authorization", "Bearer " + key);
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return JSON.readTree(send(request(path)).body());
  }

  String content(String fileId) throws IOException, InterruptedException {
    return send(request("/v1/files/" + fileId + "/content").header("Accept", "application/binary"))
        .body();
  }

  /** Uploads a file; the file part precedes the purpose, as some clients send them. */
  HttpResponse<String> upload(String filename, byte[] content)
      throws IOException, InterruptedException {
    return upload(filename, content, Map.of());
  }

  /**
   * Uploads a file with additional parts.
   *
   * @param fields the names and values of the parts
   */
  HttpResponse<String> upload(String filename, byte[] content, Map<String, String> fields)
      throws IOException, InterruptedException {
    String boundary = "----boundary-of-the-test";
    String file =
        "--%s\r\nContent-Disposition: form-data; name=\"file\"%s\r\nContent-Type: application/octet-stream\r\n\r\n"
            .formatted(boundary, filename.isEmpty() ? "" : "; filename=\"" + filename + "\"");
    String others =
        fields.entrySet().stream()
            .filter(field -> !field.getKey().equals("purpose"))
            .map(
                field ->
                    "\r\n--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s"
                        .formatted(boundary, field.getKey(), field.getValue()))
            .collect(Collectors.joining());
    String purpose =
        others
            + "\r\n--%s\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n%s\r\n--%s--\r\n"
                .formatted(boundary, fields.getOrDefault("purpose", "batch"), boundary);
    return send(
        request("/v1/files")
            .header("Content-Type", "multipart/form-data; boundary=" + boundary)
            .POST(
                HttpRequest.BodyPublishers.concat(
                    HttpRequest.BodyPublishers.ofString(file),
                    HttpRequest.BodyPublishers.ofByteArray(content),
                    HttpRequest.BodyPublishers.ofString(purpose))));
  }

  /** Uploads the lines, creates a batch from them, and returns its id. */
  String batch(String lines) throws IOException, InterruptedException {
    return batch(lines, "");
  }

  /**
   * Creates a batch with additional members of the request.
   *
   * @param extra the members, each followed by a comma
   */
  String batch(String lines, String extra) throws IOException, InterruptedException {
    byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
    String file = JSON.readTree(upload("input.jsonl", bytes).body()).path("id").asString();
    String request =
        """
        {%s"input_file_id":"%s","endpoint":"/v1/chat/completions","completion_window":"24h",
         "metadata":{"name":"a test"}}"""
            .formatted(extra, file);
    HttpResponse<String> created = send("POST", "/v1/batches", request);
    return JSON.readTree(created.body()).path("id").asString();
  }

  /** Waits until the batch has a terminal status, and returns it. */
  JsonNode finished(String batch) throws IOException, InterruptedException {
    await().atMost(SOON).until(() -> TERMINAL_STATUSES.contains(status(batch)));
    return get("/v1/batches/" + batch);
  }

  String status(String batch) throws IOException, InterruptedException {
    return get("/v1/batches/" + batch).path("status").asString();
  }

  /** Starts a worker that completes all tasks. */
  FakeWorker worker() {
    return worker(task -> List.of(FakeWorker.completed(task)));
  }

  FakeWorker worker(Function<TaskMessage, List<OutcomeMessage>> outcomes) {
    return new FakeWorker(bean(ConnectionFactory.class), outcomes);
  }

  static UUID uuid(String batch) {
    return BatchId.parse(batch).orElseThrow().uuid();
  }

  static String line(String customId, String prompt) {
    return """
        {"custom_id":"%s","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini", "messages":[{"role":"user","content":"%s"}]}}
        """
        .formatted(customId, prompt);
  }

  static String lines(int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append(line("line-" + i, "prompt " + i));
    }
    return lines.toString();
  }

  @Override
  public void close() {
    context.close();
    http.close();
  }
}
