package dev.sluice.system.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.sluice.testkit.process.ChildProcess;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Puts secrets in every place that takes one, causes failures, and then searches logs, API replies,
 * messages and tables for the secrets.
 */
class SecretsIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String WRONG = "planted-wrong-";
  private static final String PROMPT = "A prompt that is not logged, b81f.";

  private static final List<String> API_PATHS =
      List.of(
          "/",
          "/page/main.js",
          "/api/status",
          "/api/routes",
          "/api/overview",
          "/api/keys",
          "/api/quota",
          "/api/quotas",
          "/api/live",
          "/api/budget",
          "/api/webhooks",
          "/api/dead-letters",
          "/api/dead-letters/stats",
          "/api/dead-letters/jobs",
          "/v1/models",
          "/v1/files",
          "/v1/batches");

  private static final List<String> ACTUATOR_ENDPOINTS =
      List.of(
          "health",
          "info",
          "prometheus",
          "env",
          "configprops",
          "beans",
          "threaddump",
          "loggers",
          "mappings",
          "conditions",
          "metrics",
          "scheduledtasks",
          "flyway",
          "heapdump",
          "env/sluice.api-key",
          "env/spring.rabbitmq.addresses",
          "env/spring.datasource.password",
          "env/sluice.redis.url",
          "env/sluice.routes%5B0%5D.provider.api-key");

  @TempDir private @Nullable Path folder;
  private @Nullable Installation installation;

  @AfterEach
  void stop() {
    if (installation != null) {
      installation.close();
    }
  }

  @Test
  void secretsAppearOnlyWhereTheyAreUsed() throws Exception {
    Map<String, String> outputs = new HashMap<>();
    try (EchoingProvider provider = EchoingProvider.start()) {
      installation = new Installation(folder(), routes(provider));
      String projectKey =
          JSON.readTree(sluice().post("/api/keys", "{\"name\":\"ci\",\"project\":\"red\"}").body())
              .path("key")
              .asString();

      JsonNode ended = createDeadLetters();
      awaitKeyHold();
      outputs.put("a live answer, 400", text(live("status-400")));
      outputs.put("a live answer, 500", text(live("status-500")));
      outputs.put("a live answer, 200", text(live("status-200")));
      outputs.put("a live answer, 401", text(live("key-status-401")));
      outputs.put("a wrong key", text(sluice().getWithKey(WRONG + "api-key-0123456", "/v1/files")));
      assertWrongSettingsPreventStart();

      for (String path : API_PATHS) {
        outputs.put(path, text(sluice().getFromProducer(path)));
      }
      for (String endpoint : ACTUATOR_ENDPOINTS) {
        outputs.put(
            "producer " + endpoint, text(sluice().getFromProducer("/actuator/" + endpoint)));
        outputs.put("worker " + endpoint, text(sluice().getFromWorker("/actuator/" + endpoint)));
      }
      for (JsonNode deadLetter :
          JSON.readTree(sluice().getFromProducer("/api/dead-letters").body()).path("data")) {
        String path = "/api/dead-letters/" + deadLetter.path("id").asString();
        outputs.put(path, text(sluice().getFromProducer(path)));
        outputs.put(
            "the task",
            text(sluice().getFromProducer("/api/tasks/" + deadLetter.path("task_id").asString())));
      }
      outputs.put(
          "errors",
          text(
              sluice()
                  .getFromProducer(
                      "/v1/files/" + ended.path("error_file_id").asString() + "/content")));
      outputs.put(
          "results",
          text(
              sluice()
                  .getFromProducer(
                      "/v1/files/" + ended.path("output_file_id").asString() + "/content")));
      outputs.putAll(messages());
      outputs.putAll(sluice().logs());
      List<String> rows = sluice().rows();
      for (int i = 0; i < rows.size(); i++) {
        outputs.put("row " + i, rows.get(i));
      }

      assertThat(outputs.keySet()).anyMatch(name -> name.startsWith("/api/dead-letters/0"));
      assertThat(outputs.get("errors")).contains("Incorrect API key provided: Bearer ***");
      assertThat(outputs.get("producer env")).contains("SLUICE_API_KEY", "******");
      List<String> secrets =
          List.of(
              Installation.API_KEY,
              Installation.PROVIDER_KEY,
              Installation.DATABASE_PASSWORD,
              Installation.REDIS_PASSWORD,
              sluice().brokerPassword(),
              projectKey,
              projectKey.substring(projectKey.lastIndexOf('-') + 1),
              WRONG);
      assertThat(outputs)
          .allSatisfy(
              (place, text) ->
                  assertThat(secrets.stream().filter(text::contains).toList()).as(place).isEmpty());
      sluice().logs().forEach((name, log) -> assertThat(log).as(name).doesNotContain(PROMPT));
      assertThat(sluice().getFromProducer("/actuator/heapdump").statusCode()).isEqualTo(404);
      assertThat(sluice().getFromWorker("/actuator/heapdump").statusCode()).isEqualTo(404);
    }
  }

  /** Creates a dead letter for each status that fails a task, and one result. */
  private JsonNode createDeadLetters() {
    String batch = batch("status-400", "status-500", "status-200");
    await()
        .atMost(TIMEOUT)
        .until(() -> batchOf(batch).path("status").asString().equals("completed"));
    assertThat(batchOf(batch).path("request_counts").path("failed").asInt()).isEqualTo(2);
    await()
        .atMost(TIMEOUT)
        .until(
            () ->
                JSON.readTree(sluice().getFromProducer("/api/dead-letters/stats").body())
                        .path("total")
                        .asInt()
                    == 2);
    return batchOf(batch);
  }

  private void awaitKeyHold() {
    for (int i = 0; i < 3; i++) { // one rejected request does not hold the route
      batch("key-status-401");
    }
    await()
        .atMost(TIMEOUT)
        .until(
            () -> sluice().getFromProducer("/api/routes").body().contains("\"kind\":\"api_key\""));
  }

  private void assertWrongSettingsPreventStart() throws Exception {
    Map<String, String> database = sluice().producerSettings();
    database.put("SPRING_DATASOURCE_PASSWORD", WRONG + "database");
    Map<String, String> passwordInUrl = sluice().producerSettings();
    passwordInUrl.put(
        "SPRING_DATASOURCE_URL", sluice().databaseUrl() + "?user=sluice&password=" + WRONG + "url");
    passwordInUrl.remove("SPRING_DATASOURCE_USERNAME");
    Map<String, String> broker = sluice().workerSettings();
    broker.put(
        "SPRING_RABBITMQ_ADDRESSES",
        sluice().brokerUrl().replace(sluice().brokerPassword(), WRONG + "broker"));
    assertCannotStart(
        sluice().producer("wrong-database", database), "rejects the login of user sluice");
    assertCannotStart(sluice().producer("wrong-url", passwordInUrl), "rejects the login");
    assertCannotStart(sluice().worker("wrong-broker", broker), "rejects the credentials of user");
    int number = 0;
    for (String routes :
        List.of(
            "sluice:\n  routes:\n    - {name: a, provider: {url: 'http://h/v1', api-key: \""
                + WRONG
                + "key\\n\"}}\n",
            "sluice:\n  routes:\n    - {name: a, provider: {url: 'http://me:"
                + WRONG
                + "login@h/v1'}}\n",
            "sluice:\n  routes:\n    - {name: a, provider: {url: 'http://h/v1', api-key: \""
                + WRONG
                + "open}}\n",
            "sluice:\n  routes:\n    - {name: a, provider: {url: 'http://h/v1', api-kye: "
                + WRONG
                + "slip}}\n",
            "sluice:\n  routes:\n    - {name: a, provider: {url: 'http://h/v1', api-key: ["
                + WRONG
                + "list]}}\n",
            "sluice:\n  routes:\n    - name: a\n      provider:\n        url: http://h/v1\n        api-key: @"
                + WRONG
                + "at\n")) {
      Path file = Files.writeString(folder().resolve("broken-%d.yaml".formatted(++number)), routes);
      Map<String, String> settings = sluice().workerSettings();
      settings.put("SPRING_CONFIG_ADDITIONALLOCATION", "file:" + file);
      assertCannotStart(sluice().worker("broken-routes-" + number, settings), "cannot start: ");
    }
    Map<String, String> noUrl = sluice().workerSettings();
    noUrl.put("SLUICE_REDIS_URL", "redis://:" + WRONG + "^redis@127.0.0.1:1");
    assertCannotStart(
        sluice().worker("no-redis-url", noUrl),
        "sluice.redis.url is not a redis:// or rediss:// URL");
    if (sluice().hasRedis()) {
      Map<String, String> redis = sluice().workerSettings();
      redis.put("SERVER_PORT", "0");
      redis.computeIfPresent(
          "SLUICE_REDIS_URL",
          (name, url) -> url.replace(Installation.REDIS_PASSWORD, WRONG + "redis"));
      try (ChildProcess refused = sluice().worker("wrong-redis", redis)) {
        await().atMost(TIMEOUT).until(() -> refused.output().contains("Cannot connect to Redis"));
      }
    }
  }

  private static void assertCannotStart(ChildProcess process, String reason) {
    await().atMost(TIMEOUT).until(() -> !process.isAlive());
    assertThat(process.output()).contains(reason).doesNotContain("\tat ");
  }

  private String batch(String... models) {
    StringBuilder lines = new StringBuilder();
    for (String model : models) {
      lines.append(
          "{\"custom_id\":\"%1$s\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":%2$s}\n"
              .formatted(model, request(model)));
    }
    String file = JSON.readTree(sluice().upload(lines.toString()).body()).path("id").asString();
    return JSON.readTree(
            sluice()
                .post(
                    "/v1/batches",
                    "{\"input_file_id\":\"%s\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}"
                        .formatted(file))
                .body())
        .path("id")
        .asString();
  }

  private JsonNode batchOf(String id) {
    return JSON.readTree(sluice().getFromProducer("/v1/batches/" + id).body());
  }

  private HttpResponse<String> live(String model) {
    return sluice().post("/v1/chat/completions", request(model));
  }

  private static String request(String model) {
    return "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
        .formatted(model, PROMPT);
  }

  /** All messages in the broker; the test requeues them. */
  private Map<String, String> messages() throws Exception {
    Map<String, String> found = new HashMap<>();
    ConnectionFactory brokers = new ConnectionFactory();
    brokers.setUri(sluice().brokerUrl());
    try (Connection connection = brokers.newConnection();
        Channel channel = connection.createChannel()) {
      for (String queue : queues()) {
        GetResponse message;
        int number = 0;
        while (number < 100 && (message = channel.basicGet(queue, false)) != null) {
          found.put(
              queue + " " + number++,
              message.getProps() + new String(message.getBody(), StandardCharsets.ISO_8859_1));
        }
      }
    }
    return found;
  }

  private static List<String> queues() {
    List<String> queues =
        new ArrayList<>(
            Stream.of("mini", "key")
                .flatMap(
                    route ->
                        Stream.of(
                            "sluice.tasks." + route,
                            "sluice.tasks." + route + ".live",
                            "sluice.dead." + route))
                .toList());
    queues.add("sluice.results");
    for (int level = 0; level < 7; level++) {
      for (int digit = 1; digit < 8; digit++) {
        queues.add("sluice.delay.%d.%d".formatted(level, digit));
      }
    }
    return queues;
  }

  private static String routes(EchoingProvider provider) {
    return """
        sluice:
          routes:
            - name: mini
              models: ["status-*"]
              max-attempts: 1
              provider: {url: "%1$s", api-key: "${PLANTED_PROVIDER_KEY}"}
            - name: key
              models: ["key-*"]
              provider: {url: "%1$s", api-key: "${PLANTED_PROVIDER_KEY}"}
        """
        .formatted(provider.url());
  }

  /** Status, headers and body as text. */
  private static String text(HttpResponse<String> answer) {
    return answer.statusCode() + " " + answer.headers().map() + "\n" + answer.body();
  }

  private Installation sluice() {
    return Objects.requireNonNull(installation);
  }

  private Path folder() {
    return Objects.requireNonNull(folder);
  }
}
