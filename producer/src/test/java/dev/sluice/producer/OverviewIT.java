package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.RouteOverridesMessage;
import dev.sluice.common.fleet.RouteOverridesMessage.LimitOverride;
import dev.sluice.common.fleet.RouteOverridesMessage.RouteOverride;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.common.wire.TokenUsage;
import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.access.KeyLimits;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.batch.cost.LiveSpending;
import dev.sluice.producer.history.HourlyCounts;
import dev.sluice.producer.history.HourlyHistory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The overview, wait reasons, costs, budgets, and the overrides of routes. */
class OverviewIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String HOSTILE = "<script>alert(1)</script>";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static @Nullable RunningProducer running;

  @BeforeAll
  static void start(@TempDir Path directory) {
    running =
        RunningProducer.start(
            directory.resolve("postgres"),
            "sluice.routes[0].prices[0].input-per-million=100000",
            "sluice.routes[0].prices[0].output-per-million=200000",
            "sluice.routes[0].prices[0].as-of=2026-11-01",
            "sluice.retention.interval=1s");
  }

  @AfterAll
  static void stop() {
    producer().close();
  }

  @Test
  void overviewShowsRoutesAndBatchesWithTheirWaitReasons() throws Exception {
    String batch = producer().batch(RunningProducer.lines(70));
    await().atMost(SOON).until(() -> producer().status(batch).equals("in_progress"));

    JsonNode now = producer().get("/api/overview").path("now");
    assertThat(now.path("status").path("broker").path("up").asBoolean()).isTrue();
    assertThat(now.path("routes").valueStream().map(route -> route.path("name").asString()))
        .containsExactly(RunningProducer.ROUTE, RunningProducer.OTHER_ROUTE);
    JsonNode line = line(batch);
    assertThat(line.path("progress").path("total").asInt()).isEqualTo(70);
    assertThat(line.path("why").path("sentence").asString())
        .isEqualTo(
            "No workers connected for route producer-it; tasks wait until one starts."
                + " This batch: 70 unfinished tasks.");
    assertThat(producer().get("/api/batches/" + batch + "/why").path("kind").asString())
        .isEqualTo("no_worker");
    JsonNode last = producer().get("/api/batches/" + batch + "/tasks?after=69").path("data").get(0);
    assertThat(
            producer()
                .get("/api/tasks/" + last.path("id").asString() + "/why")
                .path("sentence")
                .asString())
        .startsWith("No workers connected");
    try (FakeWorker worker = producer().worker()) {
      producer().finished(batch);
      assertThat(worker.received).hasSizeGreaterThanOrEqualTo(70);
    }
    assertThat(producer().get("/api/batches/" + batch + "/why").path("sentence").asString())
        .isEqualTo("Not waiting; the batch has finished.");
  }

  @Test
  void eventStreamSendsASnapshotEverySecond() throws Exception {
    HttpResponse<InputStream> stream =
        producer()
            .http()
            .send(
                producer().request("/api/overview/events").build(),
                HttpResponse.BodyHandlers.ofInputStream());
    assertThat(stream.headers().firstValue("content-type").orElse(""))
        .startsWith("text/event-stream");
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
      assertThat(event(lines)).startsWith("history {");
      String first = event(lines);
      String second = event(lines);
      assertThat(first).startsWith("now {\"at\":");
      assertThat(second).startsWith("now {\"at\":").isNotEqualTo(first);
    }
    assertThat(metric("sluice_overview_subscribers")).isNotEmpty();
  }

  @Test
  void tasksAreFilteredAndShownUnmodified() throws Exception {
    String batch =
        producer()
            .batch(
                RunningProducer.line(HOSTILE, HOSTILE)
                    + RunningProducer.line("good", "x")
                    + RunningProducer.line("other", "x"));
    try (FakeWorker worker = producer().worker(OverviewIT::rejectHostile)) {
      producer().finished(batch);
      assertThat(worker.received).hasSizeGreaterThanOrEqualTo(3);
    }
    assertThat(tasks(batch, "")).hasSize(3);
    assertThat(tasks(batch, "?state=completed")).hasSize(2);
    assertThat(tasks(batch, "?text=GOO")).hasSize(1);
    assertThat(tasks(batch, "?after=1&limit=1").getFirst().path("custom_id").asString())
        .isEqualTo("good");
    JsonNode failed = tasks(batch, "?code=invalid_request").getFirst();
    JsonNode task = producer().get("/api/tasks/" + failed.path("id").asString());
    assertThat(task.path("request").path("text").asString()).contains(HOSTILE);
    assertThat(task.path("reply").isNull()).isTrue();
    assertThat(task.path("failure_detail").asString()).isEqualTo(HOSTILE);
    assertThat(line(batch).path("failures").toString())
        .isEqualTo("[{\"code\":\"invalid_request\",\"tasks\":1}]");
    assertThat(producer().send(producer().request(path(batch, "?state=lost"))).statusCode())
        .isEqualTo(400);
    assertThat(producer().send(producer().request("/api/tasks/none")).statusCode()).isEqualTo(404);
  }

  @Test
  void historyHasWhatEndedByRouteAndHour() throws Exception {
    producer().jdbc().sql("truncate hourly_history").update();
    Map<String, HourlyCounts> counts =
        Map.of("history", new HourlyCounts(1, 2, 3, 40), "other", new HourlyCounts(1, 0, 0, 0));
    producer().bean(HourlyHistory.class).add(counts);
    producer().bean(HourlyHistory.class).add(counts);
    await().atMost(SOON).until(() -> points("history", 2).size() == 1);

    JsonNode point = points("history", 2).path(0);
    assertThat(point.path("completed").asLong()).isEqualTo(2);
    assertThat(point.path("failed").asLong()).isEqualTo(4);
    assertThat(point.path("throttled").asLong()).isEqualTo(6);
    assertThat(point.path("tokens").asLong()).isEqualTo(80);
    assertThat(point.path("t").asLong() % 3600).isZero();
    assertThat(points("other", 2)).hasSize(1);
    assertThat(errorMessage("GET", "/api/overview/history?hours=2161", ""))
        .isEqualTo("Invalid value for 'hours': 2161. It must be from 1 to 2160.");
  }

  @Test
  void historyCountsTheTasksOfBatches() throws Exception {
    JsonNode before = points(RunningProducer.ROUTE, 24);
    String batch =
        producer().batch(RunningProducer.line(HOSTILE, "x") + RunningProducer.line("good", "x"));
    try (FakeWorker worker = producer().worker(OverviewIT::rejectHostile)) {
      producer().finished(batch);
      assertThat(worker.received).hasSizeGreaterThanOrEqualTo(2);
    }
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              JsonNode after = points(RunningProducer.ROUTE, 24);
              for (String name : List.of("completed", "failed")) {
                assertThat(sum(after, name)).isGreaterThan(sum(before, name));
              }
              assertThat(sum(after, "throttled"))
                  .isGreaterThanOrEqualTo(sum(before, "throttled") + 4);
              assertThat(sum(after, "tokens")).isGreaterThanOrEqualTo(sum(before, "tokens") + 30);
            });
  }

  @Test
  void oldHoursOfTheHistoryAreDeleted() {
    producer()
        .jdbc()
        .sql(
            """
            insert into hourly_history values (now() - interval '91 days', 'old', 1, 1, 1, 1),
              (now() - interval '89 days', 'kept', 1, 1, 1, 1)""")
        .update();
    await().atMost(SOON).until(() -> hours("old") == 0);
    assertThat(hours("kept")).isEqualTo(1);
  }

  private static long hours(String route) {
    return producer()
        .jdbc()
        .sql("select count(*) from hourly_history where route = :route")
        .param("route", route)
        .query(Long.class)
        .single();
  }

  private static JsonNode points(String route, int hours) throws IOException, InterruptedException {
    return producer().get("/api/overview/history?hours=" + hours).path("history").path(route);
  }

  private static long sum(JsonNode points, String name) {
    return points.valueStream().mapToLong(point -> point.path(name).asLong()).sum();
  }

  @Test
  void searchFindsBatchesByIdNameMetadataAndTheirTasks() throws Exception {
    String one = namedBatch();
    String two = producer().batch(RunningProducer.line("invoice-4711", "x"));
    await().atMost(SOON).until(() -> !producer().status(two).equals("validating"));
    await().atMost(SOON).until(() -> !producer().status(one).equals("validating"));
    String task = tasks(one, "").getFirst().path("id").asString();

    assertThat(found("spring+REVIEWS")).containsExactly(one);
    assertThat(found("50%25")).containsExactly(one);
    assertThat(found(one.toUpperCase(Locale.ROOT))).containsExactly(one);
    assertThat(found(two.substring(10))).containsExactly(two);
    assertThat(found("invoice-4711")).containsExactly(two, one);
    assertThat(found("invoice-4711&limit=1")).containsExactly(two);
    assertThat(found("invoice-4711&after=" + two)).containsExactly(one);
    assertThat(found("invoice-47")).isEmpty();
    assertThat(found(task)).containsExactly(one);
    RunningProducer other = project("searcher");
    assertThat(other.get("/api/batches?text=invoice-4711").path("data")).isEmpty();
    for (String batch : List.of(one, two)) {
      producer().send("POST", "/v1/batches/" + batch + "/cancel", "");
    }
  }

  private static String namedBatch() throws IOException, InterruptedException {
    byte[] lines = RunningProducer.line("invoice-4711", "x").getBytes(StandardCharsets.UTF_8);
    String request =
        """
        {"input_file_id":"%s","endpoint":"/v1/chat/completions","completion_window":"24h",
         "metadata":{"name":"Spring Reviews","team":"50%% blue"}}"""
            .formatted(
                JSON.readTree(producer().upload("in.jsonl", lines).body()).path("id").asString());
    return JSON.readTree(producer().send("POST", "/v1/batches", request).body())
        .path("id")
        .asString();
  }

  private static List<String> found(String text) throws IOException, InterruptedException {
    return producer()
        .get("/api/batches?text=" + text)
        .path("data")
        .valueStream()
        .map(batch -> batch.path("progress").path("id").asString())
        .toList();
  }

  @Test
  void pausedBatchesAreNotCountedAsInProgress() throws Exception {
    String batch = producer().batch(RunningProducer.lines(2));
    await().atMost(SOON).until(() -> producer().status(batch).equals("in_progress"));
    JsonNode running = producer().get("/api/status").path("batches");
    producer().send("POST", "/api/batches/" + batch + "/pause", "");
    JsonNode paused = producer().get("/api/status").path("batches");
    producer().send("POST", "/v1/batches/" + batch + "/cancel", "");

    assertThat(paused.path("in_progress").asInt())
        .isEqualTo(running.path("in_progress").asInt() - 1);
    assertThat(paused.path("paused").asInt()).isEqualTo(running.path("paused").asInt() + 1);
  }

  @Test
  void costIsEstimatedBeforeAndCountedAfterABatch() throws Exception {
    String lines =
        RunningProducer.lines(10).replace("\"messages\"", "\"max_tokens\":50,\"messages\"");
    String file =
        JSON.readTree(producer().upload("in.jsonl", lines.getBytes(StandardCharsets.UTF_8)).body())
            .path("id")
            .asString();
    JsonNode estimate = estimate(file);
    assertThat(estimate.path("tasks").asInt()).isEqualTo(10);
    JsonNode model = estimate.path("models").get(0);
    assertThat(model.path("completion_tokens").asInt()).isEqualTo(500);
    double prompts = model.path("prompt_tokens").asInt() * 0.1;
    assertThat(estimate.path("cost").path("min").asDouble()).isEqualTo(prompts);
    assertThat(estimate.path("cost").path("max").asDouble()).isEqualTo(prompts + 100);
    assertThat(estimate.path("cost").path("as_of").asString()).isEqualTo("2026-11-01");

    String batch = producer().batch(lines);
    try (FakeWorker worker = producer().worker()) {
      producer().finished(batch);
      assertThat(worker.received).hasSizeGreaterThanOrEqualTo(10);
    }
    JsonNode cost = producer().get("/api/batches/" + batch + "/cost").path("cost");
    assertThat(cost.path("spent").asDouble()).isEqualTo(10 * (10 * 0.1 + 5 * 0.2));
    assertThat(cost.path("expected")).isEqualTo(cost.path("spent"));
  }

  @Test
  void estimateListsAllInvalidLinesAndNoTasks() throws Exception {
    String lines = RunningProducer.line("a", "x") + "no json\n" + RunningProducer.line("a", "x");
    String file =
        JSON.readTree(producer().upload("in.jsonl", lines.getBytes(StandardCharsets.UTF_8)).body())
            .path("id")
            .asString();
    JsonNode estimate = estimate(file);
    assertThat(estimate.path("tasks").asInt()).isZero();
    assertThat(
            estimate
                .path("errors")
                .valueStream()
                .map(e -> e.path("line").asInt() + " " + e.path("code").asString()))
        .containsExactly("2 invalid_json_line", "3 duplicate_custom_id");
  }

  @Test
  void batchPausesAtItsBudgetAndResumesAfterARaise() throws Exception {
    String batch = producer().batch(RunningProducer.lines(200), "\"budget\":20,");
    AtomicInteger count = new AtomicInteger();
    try (FakeWorker worker =
        producer()
            .worker(
                task -> {
                  if (count.incrementAndGet() == 20) {
                    await().atMost(SOON).until(() -> pausedBy(batch).equals("budget"));
                  }
                  return List.of(FakeWorker.completed(task));
                })) {
      await().atMost(SOON).until(() -> pausedBy(batch).equals("budget"));
      assertThat(producer().status(batch)).isEqualTo("in_progress");
      assertThat(producer().get("/api/batches/" + batch + "/why").path("sentence").asString())
          .contains("the budget of $20.00 is spent");
      assertThat(producer().send("POST", "/api/batches/" + batch + "/resume", "").body())
          .contains("Raise the budget with PUT /api/batches/" + batch + "/budget");
      assertThat(
              producer()
                  .send("PUT", "/api/batches/" + batch + "/budget", "{\"dollars\":-1}")
                  .statusCode())
          .isEqualTo(400);
      producer().send("PUT", "/api/batches/" + batch + "/budget", "{\"dollars\":1000}");
      assertThat(producer().finished(batch).path("request_counts").path("completed").asInt())
          .isEqualTo(200);
      assertThat(worker.received).hasSizeGreaterThanOrEqualTo(200);
    }
  }

  @Test
  void projectBudgetPausesOnlyItsOwnBatches() throws Exception {
    RunningProducer poor = project("poor");
    RunningProducer rich = project("rich");
    assertThat(poor.send("PUT", "/api/budget", "{\"dollars\":1}").statusCode()).isEqualTo(403);
    producer().send("PUT", "/api/budget?project=poor", "{\"dollars\":1}");
    String first = poor.batch(RunningProducer.lines(1));
    try (FakeWorker worker = producer().worker()) {
      poor.finished(first);
      assertThat(poor.get("/api/budget").path("spent").asDouble()).isEqualTo(2);
      String second = poor.batch(RunningProducer.lines(300));
      String other = rich.batch(RunningProducer.lines(3));
      await()
          .atMost(SOON)
          .until(
              () ->
                  poor.get("/api/batches/" + second)
                      .path("paused_by")
                      .asString("")
                      .equals("project_budget"));
      rich.finished(other);
      producer().send("PUT", "/api/budget?project=poor", "{\"dollars\":null}");
      poor.finished(second);
      assertThat(worker.received).hasSizeGreaterThanOrEqualTo(304);
    }
  }

  @Test
  void liveCallsCountTowardsTheProjectsBudget() throws Exception {
    RunningProducer chatty = project("chatty");
    producer().send("PUT", "/api/budget?project=chatty", "{\"dollars\":1}");
    spend(caller("key_1", "chatty"), new TokenUsage(10, 5));
    await().atMost(SOON).until(() -> chatty.get("/api/budget").path("spent").asDouble() == 2);

    await()
        .atMost(SOON)
        .until(() -> chatty.send("POST", "/v1/chat/completions", "{}").statusCode() == 429);
    assertThat(chatty.send("POST", "/v1/chat/completions", "{}").body())
        .contains("insufficient_quota", "The budget of project 'chatty' for this month is spent");
  }

  @Test
  void spentBudgetOfKeyEndsItsLiveCallsInTheShapeOfEachApi() throws Exception {
    JsonNode created =
        JSON.readTree(
            producer()
                .send(
                    "POST",
                    "/api/keys",
                    "{\"name\":\"agent\",\"project\":\"agents\",\"budget\":1.5}")
                .body());
    String key = created.path("id").asString();
    RunningProducer agent = producer().with(created.path("key").asString());
    assertThat(agent.send("POST", "/v1/chat/completions", "{}").statusCode()).isEqualTo(400);
    spend(caller(key, "agents"), new TokenUsage(10, 5, 4, 0, "flex"));
    spend(caller(key, "agents"), new TokenUsage(5, 0));

    await()
        .atMost(SOON)
        .until(() -> agent.send("POST", "/v1/chat/completions", "{}").statusCode() == 429);

    HttpResponse<String> ofOpenAi = agent.send("POST", "/v1/chat/completions", "{}");
    assertThat(ofOpenAi.headers().firstValue("x-should-retry")).contains("false");
    assertThat(ofOpenAi.body())
        .contains("insufficient_quota", "The budget of key 'agent' for this month is spent");
    HttpResponse<String> ofAnthropic = agent.send("POST", "/v1/messages", "{}");
    assertThat(ofAnthropic.headers().firstValue("x-should-retry")).contains("false");
    assertThat(JSON.readTree(ofAnthropic.body()).at("/error/type").asString())
        .isEqualTo("rate_limit_error");
    JsonNode cost = producer().get("/api/live/costs?project=agents").path("costs").path(0);
    assertThat(cost.path("name").asString()).isEqualTo("agent");
    assertThat(cost.path("step").asString()).isEqualTo("research");
    assertThat(cost.path("calls").asInt()).isEqualTo(2);
    assertThat(cost.path("cached_tokens").asInt()).isEqualTo(4);
    assertThat(cost.path("dollars").asDouble()).as("2 at half the price, and 0.5").isEqualTo(1.5);
    assertThat(agent.get("/api/budget").path("spent").asDouble()).isEqualTo(1.5);
    assertThat(producer().send("POST", "/api/keys/" + key, "{}").statusCode()).isEqualTo(200);
    assertThat(agent.send("POST", "/v1/chat/completions", "{}").statusCode()).isEqualTo(400);
  }

  @Test
  void budgetThatCannotBeKeptRejectsLiveCallsOfModelsWithoutAPrice() throws Exception {
    RunningProducer limited = project("limited");
    spend(caller("key_2", "limited"), RunningProducer.OTHER_ROUTE, "gpt-4o", new TokenUsage(1, 1));
    producer().send("PUT", "/api/budget?project=limited", "{\"dollars\":1}");

    await()
        .atMost(SOON)
        .until(
            () ->
                limited
                    .send("POST", "/v1/chat/completions", "{\"model\":\"gpt-4o\"}")
                    .body()
                    .contains("model_without_price"));
    await().atMost(SOON).until(() -> limited.get("/api/budget").path("unpriced").size() == 1);
    assertThat(limited.get("/api/budget").at("/unpriced/0/model").asString()).isEqualTo("gpt-4o");
  }

  private static AuthenticatedCaller caller(String key, String project) {
    return new AuthenticatedCaller(key, key, new Project(project), false, KeyLimits.NONE);
  }

  private static void spend(AuthenticatedCaller caller, TokenUsage usage) {
    spend(caller, RunningProducer.ROUTE, "gpt-4o-mini", usage);
  }

  private static void spend(
      AuthenticatedCaller caller, String route, String model, TokenUsage usage) {
    producer().bean(LiveSpending.class).add(caller, "research", route, model, usage);
  }

  @Test
  void budgetRejectsModelsWithoutAPrice() throws Exception {
    String lines = RunningProducer.lines(2).replace("gpt-4o-mini", "gpt-4o");
    JsonNode failed = producer().finished(producer().batch(lines, "\"budget\":0.01,"));
    assertThat(failed.path("errors").path("data")).hasSize(1);
    assertThat(failed.path("errors").toString())
        .contains("model_without_price", "the model 'gpt-4o' of route", "has no price");

    String unlimited = producer().batch(lines);
    await().atMost(SOON).until(() -> producer().status(unlimited).equals("in_progress"));
    assertThat(errorMessage("PUT", "/api/batches/" + unlimited + "/budget", "{\"dollars\":1}"))
        .contains("model 'gpt-4o' of route", "has no price");
  }

  @Test
  void overridesArePublishedToTheWorkers() throws Exception {
    List<RouteOverridesMessage> messages = new CopyOnWriteArrayList<>();
    SimpleMessageListenerContainer worker = listener(messages);
    try {
      String path = "/api/routes/" + RunningProducer.OTHER_ROUTE;
      producer().send("POST", path + "/hold", "{\"reason\":\"maintenance\"}");
      producer().send("PUT", path + "/limits", "{\"requests_per_minute\":60}");
      RouteOverride expected =
          new RouteOverride(
              RunningProducer.OTHER_ROUTE,
              "maintenance",
              List.of(new LimitOverride("requests", 60)));
      await()
          .atMost(SOON)
          .until(() -> messages.contains(new RouteOverridesMessage(List.of(expected))));
      JsonNode route = producer().get("/api/routes").path("routes").get(1);
      assertThat(route.path("hold").path("kind").asString()).isEqualTo("manual");
      assertThat(route.path("hold").path("until").isNull()).isTrue();
      assertThat(route.path("hold").path("since").isString()).isTrue();
      assertThat(route.path("limit_overrides").toString()).isEqualTo("{\"requests\":60}");

      producer().send("POST", path + "/release", "");
      producer().send("PUT", path + "/limits", "{}");
      RouteOverride empty = new RouteOverride(RunningProducer.OTHER_ROUTE, null, List.of());
      await()
          .atMost(SOON)
          .until(() -> messages.contains(new RouteOverridesMessage(List.of(empty))));
      assertThat(producer().get("/api/routes").path("routes").get(1).path("hold").isNull())
          .isTrue();
      assertThat(errorMessage("PUT", path + "/limits", "{\"requests_per_minute\":0}"))
          .contains("To stop a route, hold it");
      assertThat(errorMessage("PUT", path + "/limits", "{\"requests\":1}"))
          .contains("Unknown parameter: 'requests'");
      assertThat(errorMessage("POST", "/api/routes/none/hold", "{}"))
          .contains("Route 'none' does not exist");
    } finally {
      worker.destroy();
    }
  }

  @Test
  void onlyTheAdministratorOverridesRoutes() throws Exception {
    RunningProducer client = project("plain");
    String path = "/api/routes/" + RunningProducer.ROUTE;
    assertThat(client.send("POST", path + "/hold", "{}").statusCode()).isEqualTo(403);
    assertThat(client.send("PUT", path + "/limits", "{}").statusCode()).isEqualTo(403);
    assertThat(client.send(client.request("/api/routes")).statusCode()).isEqualTo(200);
  }

  @Test
  void projectSeesOnlyItsOwnBatchesAndTasks() throws Exception {
    String batch = producer().batch(RunningProducer.line("secret", "x"));
    await().atMost(SOON).until(() -> !producer().status(batch).equals("validating"));
    RunningProducer other = project("other");
    String task = tasks(batch, "").getFirst().path("id").asString();
    assertThat(other.get("/api/overview").path("now").path("batches").isEmpty()).isTrue();
    for (String path :
        List.of(
            "/api/batches/" + batch + "/tasks",
            "/api/batches/" + batch + "/why",
            "/api/batches/" + batch + "/cost",
            "/api/batches/" + batch + "/summary",
            "/api/tasks/" + task,
            "/api/tasks/" + task + "/why")) {
      assertThat(other.send(other.request(path)).statusCode()).as(path).isEqualTo(404);
    }
    producer().send("POST", "/v1/batches/" + batch + "/cancel", "");
  }

  @Test
  void pageNeedsNoKeyAndHasAStrictContentSecurityPolicy() throws Exception {
    for (String path : List.of("/", "/page/main.js", "/page/page.css")) {
      HttpResponse<String> response =
          producer().send(producer().request(path).setHeader("Authorization", "none"));
      assertThat(response.statusCode()).as(path).isEqualTo(200);
      assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
          .contains("default-src 'none'")
          .contains("script-src 'self'")
          .contains("frame-ancestors 'none'")
          .doesNotContain("unsafe");
      assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    }
    assertThat(
            producer()
                .send(producer().request("/page/../api/status").setHeader("Authorization", "none"))
                .statusCode())
        .isEqualTo(401);
  }

  @Test
  void contractNeedsNoKeyAndIsCached() throws Exception {
    HttpResponse<String> contract =
        producer().send(producer().request("/openapi.json").setHeader("Authorization", "none"));

    assertThat(contract.statusCode()).isEqualTo(200);
    assertThat(contract.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(contract.headers().allValues("Cache-Control"))
        .containsExactly("max-age=3600, public");
    assertThat(contract.body()).startsWith("{\"openapi\":\"3.1.0\"").contains("/v1/batches");

    String etag = contract.headers().firstValue("ETag").orElseThrow();
    assertThat(
            producer()
                .send(producer().request("/openapi.json").setHeader("If-None-Match", etag))
                .statusCode())
        .isEqualTo(304);
  }

  /** Reads the next event, as its name and its data. */
  private static String event(BufferedReader lines) throws IOException {
    StringBuilder event = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isEmpty()) {
        return event.toString();
      }
      event.append(line.replaceFirst("^event:", "").replaceFirst("^data:", " "));
    }
    throw new IOException("the stream has ended");
  }

  private static SimpleMessageListenerContainer listener(List<RouteOverridesMessage> messages) {
    Declarables queues = FleetTopics.listener(FleetTopics.ROUTE_OVERRIDES);
    AmqpAdmin admin = producer().bean(AmqpAdmin.class);
    Queue queue = queues.getDeclarablesByType(Queue.class).getFirst();
    admin.declareQueue(queue);
    queues.getDeclarablesByType(Binding.class).forEach(admin::declareBinding);
    SimpleMessageListenerContainer container =
        new SimpleMessageListenerContainer(producer().bean(ConnectionFactory.class));
    container.setQueues(queue);
    container.setMessageListener(
        message -> FleetCodec.routeOverrides(message).ifPresent(messages::add));
    container.start();
    return container;
  }

  private static List<OutcomeMessage> rejectHostile(TaskMessage task) {
    return List.of(
        task.ids().customId().equals(HOSTILE)
            ? OutcomeMessage.failed(
                task.ids(),
                new Failure(FailureCode.INVALID_REQUEST, HOSTILE),
                FakeWorker.stats(400),
                task.body())
            : FakeWorker.completed(task));
  }

  private static JsonNode estimate(String file) throws IOException, InterruptedException {
    return JSON.readTree(
        producer()
            .send(
                "POST",
                "/api/estimate",
                "{\"input_file_id\":\"%s\",\"endpoint\":\"/v1/chat/completions\"}".formatted(file))
            .body());
  }

  private static RunningProducer project(String name) throws IOException, InterruptedException {
    String created =
        producer()
            .send("POST", "/api/keys", "{\"name\":\"%1$s\",\"project\":\"%1$s\"}".formatted(name))
            .body();
    return producer().with(JSON.readTree(created).path("key").asString());
  }

  private static String errorMessage(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> response = producer().send(method, path, body);
    assertThat(response.statusCode()).isBetween(400, 404);
    return JSON.readTree(response.body()).path("error").path("message").asString();
  }

  private static String pausedBy(String batch) throws IOException, InterruptedException {
    return producer().get("/api/batches/" + batch).path("paused_by").asString("");
  }

  private static JsonNode line(String batch) throws IOException, InterruptedException {
    return producer()
        .get("/api/overview")
        .path("now")
        .path("batches")
        .valueStream()
        .filter(line -> line.path("progress").path("id").asString().equals(batch))
        .findFirst()
        .orElseThrow();
  }

  private static String path(String batch, String query) {
    return "/api/batches/" + batch + "/tasks" + query;
  }

  private static List<JsonNode> tasks(String batch, String query)
      throws IOException, InterruptedException {
    return producer().get(path(batch, query)).path("data").valueStream().toList();
  }

  private static String metric(String name) throws IOException, InterruptedException {
    return producer()
        .send(producer().request("/actuator/prometheus"))
        .body()
        .lines()
        .filter(line -> line.startsWith(name))
        .findFirst()
        .orElse("");
  }

  private static RunningProducer producer() {
    return Objects.requireNonNull(running);
  }
}
