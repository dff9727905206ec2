package dev.sluice.system.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.sluice.system.run.ChildProcess;
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
 * Secrets are planted in every place that has one, what can go wrong with them is made to, and then
 * they are looked for in whatever the processes say, show and keep.
 */
class SecretsIT {
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String WRONG = "planted-wrong-";
  private static final String PROMPT = "A prompt that nobody logs, b81f.";

  private static final List<String> OF_THE_API =
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

  private static final List<String> OF_MANAGEMENT =
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
  void whatIsPlantedIsFoundNowhere() throws Exception {
    Map<String, String> said = new HashMap<>();
    try (EchoingProvider provider = EchoingProvider.start()) {
      installation = new Installation(folder(), routes(provider));
      String projectKey =
          JSON.readTree(sluice().post("/api/keys", "{\"name\":\"ci\",\"project\":\"red\"}").body())
              .path("key")
              .asString();

      JsonNode ended = theProviderRefusesAndFails();
      theRouteIsHeldForItsKey();
      said.put("a live answer, 400", text(live("status-400")));
      said.put("a live answer, 500", text(live("status-500")));
      said.put("a live answer, 200", text(live("status-200")));
      said.put("a live answer, 401", text(live("key-status-401")));
      said.put("a wrong key", text(sluice().withKey(WRONG + "api-key-0123456", "/v1/files")));
      whoHasTheWrongPasswordOrBrokenRoutesDoesNotStart();

      for (String path : OF_THE_API) {
        said.put(path, text(sluice().ofProducer(path)));
      }
      for (String endpoint : OF_MANAGEMENT) {
        said.put("producer " + endpoint, text(sluice().ofProducer("/actuator/" + endpoint)));
        said.put("worker " + endpoint, text(sluice().ofWorker("/actuator/" + endpoint)));
      }
      for (JsonNode letter :
          JSON.readTree(sluice().ofProducer("/api/dead-letters").body()).path("data")) {
        String path = "/api/dead-letters/" + letter.path("id").asString();
        said.put(path, text(sluice().ofProducer(path)));
        said.put(
            "the task",
            text(sluice().ofProducer("/api/tasks/" + letter.path("task_id").asString())));
      }
      said.put(
          "errors",
          text(
              sluice()
                  .ofProducer("/v1/files/" + ended.path("error_file_id").asString() + "/content")));
      said.put(
          "results",
          text(
              sluice()
                  .ofProducer(
                      "/v1/files/" + ended.path("output_file_id").asString() + "/content")));
      said.putAll(messages());
      said.putAll(sluice().logs());
      List<String> rows = sluice().rows();
      for (int i = 0; i < rows.size(); i++) {
        said.put("row " + i, rows.get(i));
      }

      assertThat(said.keySet()).anyMatch(name -> name.startsWith("/api/dead-letters/0"));
      assertThat(said.get("errors")).contains("Incorrect API key provided: Bearer ***");
      assertThat(said.get("producer env")).contains("SLUICE_API_KEY", "******");
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
      assertThat(said)
          .allSatisfy(
              (place, text) ->
                  assertThat(secrets.stream().filter(text::contains).toList()).as(place).isEmpty());
      sluice().logs().forEach((name, log) -> assertThat(log).as(name).doesNotContain(PROMPT));
      assertThat(sluice().ofProducer("/actuator/heapdump").statusCode()).isEqualTo(404);
      assertThat(sluice().ofWorker("/actuator/heapdump").statusCode()).isEqualTo(404);
    }
  }

  /** A dead letter for each status that ends a task, and a result. */
  private JsonNode theProviderRefusesAndFails() {
    String batch = batch("status-400", "status-500", "status-200");
    await().atMost(SOON).until(() -> batchOf(batch).path("status").asString().equals("completed"));
    assertThat(batchOf(batch).path("request_counts").path("failed").asInt()).isEqualTo(2);
    await()
        .atMost(SOON)
        .until(
            () ->
                JSON.readTree(sluice().ofProducer("/api/dead-letters/stats").body())
                        .path("total")
                        .asInt()
                    == 2);
    return batchOf(batch);
  }

  private void theRouteIsHeldForItsKey() {
    batch("key-status-401");
    await()
        .atMost(SOON)
        .until(() -> sluice().ofProducer("/api/routes").body().contains("\"kind\":\"key\""));
  }

  private void whoHasTheWrongPasswordOrBrokenRoutesDoesNotStart() throws Exception {
    Map<String, String> database = sluice().producerSettings();
    database.put("SPRING_DATASOURCE_PASSWORD", WRONG + "database");
    Map<String, String> inTheUrl = sluice().producerSettings();
    inTheUrl.put(
        "SPRING_DATASOURCE_URL", sluice().databaseUrl() + "?user=sluice&password=" + WRONG + "url");
    inTheUrl.remove("SPRING_DATASOURCE_USERNAME");
    Map<String, String> broker = sluice().workerSettings();
    broker.put(
        "SPRING_RABBITMQ_ADDRESSES",
        sluice().brokerUrl().replace(sluice().brokerPassword(), WRONG + "broker"));
    assertCannotStart(
        sluice().producer("wrong-database", database), "refuses the login of user sluice");
    assertCannotStart(sluice().producer("wrong-url", inTheUrl), "refuses the login");
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
    assertCannotStart(sluice().worker("no-redis-url", noUrl), "sluice.redis.url is not redis://");
    if (sluice().hasRedis()) {
      Map<String, String> redis = sluice().workerSettings();
      redis.put("SERVER_PORT", "0");
      redis.computeIfPresent(
          "SLUICE_REDIS_URL",
          (name, url) -> url.replace(Installation.REDIS_PASSWORD, WRONG + "redis"));
      try (ChildProcess refused = sluice().worker("wrong-redis", redis)) {
        await().atMost(SOON).until(() -> refused.printed().contains("Redis is not reached"));
      }
    }
  }

  private static void assertCannotStart(ChildProcess process, String reason) {
    await().atMost(SOON).until(() -> !process.isAlive());
    assertThat(process.printed()).contains(reason).doesNotContain("\tat ");
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
    return JSON.readTree(sluice().ofProducer("/v1/batches/" + id).body());
  }

  private HttpResponse<String> live(String model) {
    return sluice().post("/v1/chat/completions", request(model));
  }

  private static String request(String model) {
    return "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
        .formatted(model, PROMPT);
  }

  /** All that waits in the broker; it is put back. */
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

  /** Status, headers and body. */
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
