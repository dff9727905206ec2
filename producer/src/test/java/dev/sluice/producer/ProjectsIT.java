package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.SuspensionMessage;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeCodec;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.common.wire.TaskReadResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** API keys, and the isolation of projects. */
class ProjectsIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final String OTHER_TASKS =
      QueueNames.tasks(RunningProducer.OTHER_ROUTE, Lane.BATCH);

  /** The target depth of a queue without consumers. */
  private static final long DEPTH = 100;

  private static @Nullable RunningProducer running;

  @BeforeAll
  static void start(@TempDir Path directory) {
    running = RunningProducer.start(directory.resolve("postgres"));
  }

  @AfterAll
  static void stop() {
    admin().close();
  }

  @Test
  void projectSeesNothingOfAnother() throws Exception {
    RunningProducer red = admin().with(key("red").path("key").asString());
    RunningProducer blue = admin().with(key("blue").path("key").asString());
    String batch = red.batch(RunningProducer.line("a", "x"));
    try (FakeWorker worker = admin().worker()) {
      red.finished(batch);
      assertThat(worker.received).hasSize(1);
    }
    JsonNode done = red.get("/v1/batches/" + batch);
    String input = done.path("input_file_id").asString();
    String output = done.path("output_file_id").asString();
    assertThat(red.content(output)).contains("\"custom_id\":\"a\"");

    for (RunningProducer other : List.of(blue, admin())) {
      assertThat(other.get("/v1/batches").path("data")).isEmpty();
      assertThat(other.get("/v1/files").path("data")).isEmpty();
      for (String path :
          List.of(
              "/v1/batches/" + batch,
              "/api/batches/" + batch,
              "/v1/batches?after=" + batch,
              "/v1/files/" + input,
              "/v1/files/" + output,
              "/v1/files/" + input + "/content",
              "/v1/files/" + output + "/content")) {
        assertThat(other.send(other.request(path)).statusCode()).as(path).isEqualTo(404);
      }
      assertThat(other.send("POST", "/v1/batches/" + batch + "/cancel", "").statusCode())
          .isEqualTo(404);
      assertThat(other.send(other.request("/v1/files/" + input).DELETE()).statusCode())
          .isEqualTo(404);
      assertThat(other.finished(batchOf(other, input)).path("errors").toString())
          .contains("file_not_found");
    }
    assertThat(red.get("/v1/batches").path("data")).hasSize(1);
    assertThat(red.get("/v1/files").path("data")).hasSize(2);
  }

  @Test
  void urgentBatchOfAProjectDoesNotDelayAnotherProject() throws Exception {
    RunningProducer urgent = admin().with(key("urgent").path("key").asString());
    RunningProducer patient = admin().with(key("patient").path("key").asString());
    int lines = RunningProducer.MAX_LINES;
    String large = urgent.batch(RunningProducer.lines(lines), "\"priority\":100,");
    await().atMost(SOON).until(() -> urgent.status(large).equals("in_progress"));
    String small = patient.batch(RunningProducer.lines(10), "\"priority\":1,");
    await().atMost(SOON).until(() -> patient.status(small).equals("in_progress"));

    try (FakeWorker worker = admin().worker()) {
      patient.finished(small);
      urgent.finished(large);
      List<String> batches =
          worker.received.stream()
              .map(task -> Objects.requireNonNull(task.ids().batchId()))
              .toList();
      assertThat(batches.lastIndexOf(small))
          .isLessThan(RunningProducer.MAX_TASKS_IN_BROKER + 20 + 10);
    }
  }

  @Test
  void aProjectThatCrowdsTheRouteDoesNotBlockAnotherProject() throws Exception {
    RunningProducer crowding = admin().with(key("crowding").path("key").asString());
    RunningProducer other = admin().with(key("not-crowding").path("key").asString());
    AmqpAdmin broker = admin().bean(AmqpAdmin.class);
    Queue limits =
        new Queue("projects-it-" + UUID.randomUUID(), false, /* exclusive= */ true, true);
    broker.declareQueue(limits);
    broker.declareBinding(
        BindingBuilder.bind(limits)
            .to(new TopicExchange(Exchanges.FLEET))
            .with(FleetTopics.SUSPENSION));
    String large = crowding.batch(ofOtherRoute(450));
    List<TaskMessage> atWorkers = new ArrayList<>();
    await()
        .atMost(SOON)
        .until(
            () -> {
              receive().ifPresent(atWorkers::add);
              return atWorkers.size() == 250;
            });
    await().atMost(SOON).until(() -> ready(broker) == DEPTH);

    String small = other.batch(ofOtherRoute(10));
    await().atMost(SOON).until(() -> ready(broker) == DEPTH + 10);
    List<SuspensionMessage.ProjectLimit> announced = new ArrayList<>();
    await()
        .atMost(SOON)
        .until(
            () -> {
              Message message = rabbit().receive(limits.getName());
              if (message != null) {
                FleetCodec.suspension(message)
                    .ifPresent(suspension -> announced.addAll(suspension.projectLimits()));
              }
              return !announced.isEmpty();
            });
    assertThat(announced)
        .allSatisfy(
            limit -> {
              assertThat(limit.project()).isEqualTo("crowding");
              assertThat(limit.maxFraction()).isEqualTo(0.5);
              assertThat(limit.delayMillis()).isBetween(1_000L, 10_000L);
            });

    atWorkers.forEach(ProjectsIT::complete);
    await()
        .atMost(SOON)
        .until(
            () -> {
              for (int task = 0; task < 100; task++) {
                receive().ifPresent(ProjectsIT::complete);
              }
              return crowding.status(large).equals("completed")
                  && other.status(small).equals("completed");
            });
    broker.deleteQueue(limits.getName());
  }

  private static RabbitTemplate rabbit() {
    return admin().bean(RabbitTemplate.class);
  }

  private static String ofOtherRoute(int lines) {
    return RunningProducer.lines(lines).replace("gpt-4o-mini", "gpt-4o");
  }

  private static long ready(AmqpAdmin broker) {
    return Objects.requireNonNull(broker.getQueueInfo(OTHER_TASKS)).getMessageCount();
  }

  private static Optional<TaskMessage> receive() {
    Message message = rabbit().receive(OTHER_TASKS);
    return message != null
            && TaskCodec.read(message, RunningProducer.OTHER_ROUTE, Instant.EPOCH)
                instanceof TaskReadResult.Task task
        ? Optional.of(task.message())
        : Optional.empty();
  }

  private static void complete(TaskMessage task) {
    OutcomeMessage outcome = FakeWorker.completed(task);
    rabbit().send(Exchanges.OUTCOMES, outcome.routingKey(), OutcomeCodec.write(outcome));
  }

  @Test
  void administratorSeesAllProjectsAndSelectsOneByParameter() throws Exception {
    RunningProducer green = admin().with(key("green").path("key").asString());
    String batch = green.batch(RunningProducer.line("a", "x"));

    assertThat(admin().get("/api/batches?limit=100").path("data").toString())
        .contains(batch, "\"project\":\"green\"");
    assertThat(admin().get("/api/overview").path("now").path("batches").toString()).contains(batch);
    assertThat(admin().get("/api/batches?project=green").path("data"))
        .extracting(line -> line.path("progress").path("id").asString())
        .containsExactly(batch);
    assertThat(admin().get("/api/batches?project=unused").path("data")).isEmpty();
    assertThat(green.get("/api/overview").path("now").path("project").asString())
        .isEqualTo("green");
    String other = "/v1/batches/" + batch;
    assertThat(admin().get(other + "?project=green").path("id").asString()).isEqualTo(batch);
    assertThat(admin().send("POST", other + "/cancel?project=green", "").statusCode())
        .isEqualTo(200);

    HttpResponse<String> foreignProject = green.send(green.request("/api/batches?project=default"));
    assertThat(foreignProject.statusCode()).isEqualTo(400);
    assertThat(foreignProject.body()).contains("'green'", "'default'");
  }

  @Test
  void revokedKeyIsRejected() throws Exception {
    JsonNode created = key("short-lived");
    String id = created.path("id").asString();
    RunningProducer client = admin().with(created.path("key").asString());
    assertThat(client.send(client.request("/v1/files")).statusCode()).isEqualTo(200);

    HttpResponse<String> revoked = admin().send(admin().request("/api/keys/" + id).DELETE());

    assertThat(JSON.readTree(revoked.body()).path("revoked_at").isIntegralNumber()).isTrue();
    assertUnauthorized(client);
    assertThat(admin().send(admin().request("/api/keys/key_none").DELETE()).statusCode())
        .isEqualTo(404);
  }

  @Test
  void limitsOfAKeyCanBeChanged() throws Exception {
    HttpResponse<String> created =
        admin()
            .send(
                "POST",
                "/api/keys",
                "{\"name\":\"slow\",\"concurrency\":1,\"requests_per_minute\":30}");
    JsonNode key = JSON.readTree(created.body());
    assertThat(key.path("concurrency").asInt()).isEqualTo(1);
    assertThat(key.path("requests_per_minute").asInt()).isEqualTo(30);
    String path = "/api/keys/" + key.path("id").asString();

    JsonNode unlimited = JSON.readTree(admin().send("POST", path, "{\"concurrency\":null}").body());

    assertThat(unlimited.path("concurrency").isNull()).isTrue();
    assertThat(unlimited.path("requests_per_minute").isNull()).isTrue();
    HttpResponse<String> wrong = admin().send("POST", path, "{\"concurrency\":0}");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.body()).contains("'concurrency': 0", "\"param\":\"concurrency\"");
    assertThat(admin().send("POST", "/api/keys/key_none", "{}").statusCode()).isEqualTo(404);
  }

  @Test
  void rejectedLiveRequestNamesTheInvalidValue() throws Exception {
    String model = "\"model\":\"gpt-4o-mini\"";
    assertThat(rejection("no json")).contains("400", "not a JSON object");
    assertThat(rejection("{}")).contains("400", "missing_required_parameter", "model");
    assertThat(rejection("{\"model\":\"other\"}")).contains("404", "model_not_found");
    assertThat(rejection("{%s,\"sluice\":{\"trim\":\"much\"}}".formatted(model)))
        .contains("400", "'much'", "sluice.trim");
    assertThat(rejection("{%s}".formatted(model), "X-Sluice-Timeout", "2h"))
        .contains("400", "'2h'", "at most 1h");
    assertThat(rejection("{%s}".formatted(model), "X-Sluice-Timeout", "300ms"))
        .contains("504", "timeout");
  }

  private static String rejection(String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        admin()
            .request("/v1/chat/completions")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .header("Content-Type", "application/json");
    HttpResponse<String> response =
        admin().send(headers.length == 0 ? request : request.headers(headers));
    return response.statusCode() + " " + response.body();
  }

  @Test
  void keyIsShownOnceAndStoredOnlyAsADigest() throws Exception {
    JsonNode created = key("secretive");
    String text = created.path("key").asString();
    assertThat(text).matches("sk-sluice-[0-9a-f]{16}-[0-9a-f]{48}");
    String listed = admin().send(admin().request("/api/keys")).body();
    assertThat(listed).contains(created.path("id").asString()).doesNotContain(text);
    String secret = text.substring(text.lastIndexOf('-') + 1);
    String stored =
        admin()
            .jdbc()
            .sql("select string_agg(k::text || encode(digest, 'escape'), ' ') from api_keys k")
            .query(String.class)
            .single();
    assertThat(stored).contains("secretive").doesNotContain(secret);
    char last = text.charAt(text.length() - 1);
    assertUnauthorized(
        admin().with(text.substring(0, text.length() - 1) + (last == '0' ? '1' : '0')));
    assertUnauthorized(admin().with("sk-sluice-0123456789abcdef-" + secret));
  }

  @Test
  void onlyTheAdministratorCreatesKeysAndReadsMetrics() throws Exception {
    RunningProducer client = admin().with(key("plain").path("key").asString());
    for (String path : List.of("/api/keys", "/actuator/prometheus")) {
      HttpResponse<String> rejected = client.send(client.request(path));
      assertThat(rejected.statusCode()).as(path).isEqualTo(403);
      assertThat(JSON.readTree(rejected.body()).path("error").path("code").asString())
          .isEqualTo("insufficient_permissions");
    }
    assertThat(client.send("POST", "/api/keys", "{\"name\":\"a\"}").statusCode()).isEqualTo(403);
    assertThat(client.send(client.request("/api/status")).statusCode()).isEqualTo(200);
    assertThat(admin().send("POST", "/api/keys", "{\"project\":\"red\"}").statusCode())
        .isEqualTo(400);
    assertThat(
            admin().send("POST", "/api/keys", "{\"name\":\"a\",\"project\":\"Red!\"}").statusCode())
        .isEqualTo(400);
  }

  /** Uses another address of the loopback network, so that other tests are not limited. */
  @Test
  void wrongKeysAreLimitedPerAddress() throws Exception {
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      statuses.add(statusFromOtherAddress("wrong-key-" + i));
    }
    assertThat(statuses.subList(0, 20)).containsOnly(401);
    assertThat(statuses.subList(20, 25)).contains(429);

    assertThat(admin().send(admin().request("/v1/files")).statusCode()).isEqualTo(200);
    assertThat(statusFromOtherAddress(admin().key()))
        .as("a key that was accepted before")
        .isEqualTo(200);
  }

  private static int statusFromOtherAddress(String key) throws IOException {
    String port = admin().context().getEnvironment().getProperty("local.server.port", "none");
    try (Socket socket =
        new Socket(
            InetAddress.getLoopbackAddress(),
            Integer.parseInt(port),
            InetAddress.getByAddress(new byte[] {127, 0, 0, 2}),
            0)) {
      socket
          .getOutputStream()
          .write(
              "GET /v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n"
                  .formatted(key)
                  .getBytes(StandardCharsets.US_ASCII));
      String head = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
      return Integer.parseInt(head.substring("HTTP/1.1 ".length()));
    }
  }

  private static void assertUnauthorized(RunningProducer client) throws Exception {
    HttpResponse<String> rejected = client.send(client.request("/v1/files"));
    assertThat(rejected.statusCode()).isEqualTo(401);
    assertThat(JSON.readTree(rejected.body()).path("error").path("code").asString())
        .isEqualTo("invalid_api_key");
  }

  /** Creates a key with the project's name. */
  private static JsonNode key(String project) throws Exception {
    HttpResponse<String> created =
        admin()
            .send(
                "POST",
                "/api/keys",
                "{\"name\":\"%s\",\"project\":\"%s\"}".formatted(project, project));
    assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
    return JSON.readTree(created.body());
  }

  private static String batchOf(RunningProducer client, String file) throws Exception {
    String request =
        """
        {"input_file_id":"%s","endpoint":"/v1/chat/completions","completion_window":"24h"}"""
            .formatted(file);
    return JSON.readTree(client.send("POST", "/v1/batches", request).body()).path("id").asString();
  }

  private static RunningProducer admin() {
    return Objects.requireNonNull(running);
  }
}
