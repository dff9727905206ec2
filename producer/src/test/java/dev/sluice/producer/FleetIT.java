package dev.sluice.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.RouteReport;
import dev.sluice.common.fleet.RouteReport.CallsReport;
import dev.sluice.common.fleet.RouteReport.HoldReport;
import dev.sluice.common.fleet.RouteReport.LimitReport;
import dev.sluice.common.fleet.WorkerReport;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.testkit.broker.AmqpProxy;
import dev.sluice.testkit.broker.TestBroker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import tools.jackson.databind.JsonNode;

/** The reports of workers through a real broker, as the producer's API and metrics show them. */
class FleetIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String ROUTE = RunningProducer.OTHER_ROUTE;

  private static @Nullable AmqpProxy proxy;
  private static @Nullable RunningProducer running;
  private static @Nullable CachingConnectionFactory workers;

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    URI broker = URI.create(TestBroker.amqpUrl());
    proxy = new AmqpProxy(broker);
    String through =
        TestBroker.amqpUrl()
            .replace(broker.getHost() + ":" + broker.getPort(), "127.0.0.1:" + proxy.port());
    running =
        RunningProducer.start(
            directory.resolve("postgres"), "spring.rabbitmq.addresses=" + through);
    workers = new CachingConnectionFactory(broker);
  }

  @AfterAll
  static void stop() throws IOException {
    Objects.requireNonNull(workers).destroy();
    producer().close();
    Objects.requireNonNull(proxy).close();
  }

  @Test
  void routeShowsTheReportsOfItsWorkers() throws Exception {
    Instant before = Instant.now();
    report(worker("worker-b", 60_000, 3, null));
    report(worker("worker-a", 60_000, 2, new HoldReport("quota", "No money left.", 20_000, false)));
    await().atMost(SOON).until(() -> route().path("workers").asInt() == 2);

    JsonNode route = route();
    assertThat(route.path("provider").asString()).isEqualTo("127.0.0.1:9");
    assertThat(route.path("models").toString()).isEqualTo("[\"gpt-4o\"]");
    assertThat(route.path("running").asInt()).isEqualTo(5);
    assertThat(route.path("waiting").asInt()).isEqualTo(2);
    assertThat(route.path("queued").isIntegralNumber()).isTrue();
    assertThat(route.path("waits_for").asString()).startsWith("hold: quota, next probe in ");
    assertThat(route.path("hold").path("kind").asString()).isEqualTo("quota");
    assertThat(Instant.parse(route.path("hold").path("until").asString()))
        .isBetween(before.plusSeconds(19), Instant.now().plusSeconds(20));
    assertThat(route.path("limits").toString())
        .isEqualTo(
            "[{\"limit\":\"requests\",\"per_minute\":500,\"source\":\"advertised\",\"target_per_minute\":490,\"remaining\":12}]");
    assertThat(route.path("limit_storage").asString()).isEqualTo("redis");
    assertThat(route.path("avg_latency_ms").asInt()).isEqualTo(800);
    assertThat(route.path("per_worker").get(0).toString())
        .startsWith("{\"name\":\"worker-a\",\"stopping\":false,\"running\":2,\"waiting\":1,")
        .endsWith(
            "\"limit_fraction\":1.0,\"calls_finished\":10,\"throttled\":1,\"avg_latency_ms\":800,\"tokens_per_call\":330,\"clock_offset_seconds\":null}");

    String metrics = producer().send(producer().request("/actuator/prometheus")).body();
    assertThat(metrics)
        .contains("sluice_route_workers{route=\"%s\"} 2.0".formatted(ROUTE))
        .contains("sluice_route_held{kind=\"quota\",route=\"%s\"} 1.0".formatted(ROUTE))
        .contains("sluice_route_held{kind=\"breaker\",route=\"%s\"} 0.0".formatted(ROUTE));
    report(worker("worker-a", 1, 0, null));
    report(worker("worker-b", 1, 0, null));
    await().atMost(SOON).until(() -> route().path("workers").asInt() == 0);
  }

  @Test
  void desiredWorkersFollowTheRateLimit() throws Exception {
    report(worker("worker-c", 60_000, 2, null));
    await().atMost(SOON).until(() -> plan("").path("workers").asInt() == 1);

    JsonNode plan = plan("?backlog=1000");
    assertThat(plan.path("limits").toString())
        .isEqualTo(
            "[{\"limit\":\"requests\",\"per_minute\":500,\"source\":\"advertised\",\"per_call\":1,\"calls_per_minute\":500.0}]");
    assertThat(plan.path("binding_limit").asString()).isEqualTo("requests");
    assertThat(plan.path("calls_in_flight").asDouble()).isEqualTo(6.667); // 800 ms each
    assertThat(plan.path("workers_to_saturate").asInt()).isEqualTo(1);
    assertThat(plan.path("workers_desired").asInt()).isEqualTo(1); // two calls run, one waits
    assertThat(plan.path("saturated").toString())
        .isEqualTo("{\"workers\":1,\"calls_per_minute\":500.0,\"seconds_left\":120}");
    assertThat(producer().get("/api/plan").path("plans").valueStream())
        .extracting(entry -> entry.path("route").asString())
        .contains(ROUTE);
    await()
        .atMost(SOON)
        .until(
            () -> producer().send(producer().request("/actuator/prometheus")).body(),
            metrics ->
                metrics.contains(
                    "sluice_route_workers_desired{route=\"%s\"} 1.0".formatted(ROUTE)));
    report(worker("worker-c", 1, 0, null));
    await().atMost(SOON).until(() -> plan("").path("workers_desired").asInt() == 0);
  }

  @Test
  void invalidPlanRequestsAreRejected() throws Exception {
    assertThat(producer().send(producer().request("/api/plan/none")).body())
        .contains("Route 'none' does not exist. Routes: ", ROUTE);
    assertThat(producer().send(producer().request("/api/plan/" + ROUTE + "?backlog=-1")).body())
        .contains("Invalid value for 'backlog': -1. It must be a number of tasks, at least 0.");
  }

  @Test
  void tasksOfARouteWithoutWorkersWait() throws Exception {
    String batch = producer().batch(RunningProducer.lines(RunningProducer.MAX_TASKS_IN_BROKER + 7));
    await()
        .atMost(SOON)
        .until(() -> route(0).path("in_broker").asInt() == RunningProducer.MAX_TASKS_IN_BROKER);
    JsonNode route = route(0);
    assertThat(route.path("queued").asInt()).isEqualTo(7);
    assertThat(route.path("waits_for").asString()).isEqualTo("worker: none connected");
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(windowUsed(route.path("name").asString())).isBetween(1e-9, 0.01));
    try (FakeWorker worker =
        new FakeWorker(workers(), task -> List.of(FakeWorker.completed(task)))) {
      await()
          .atMost(SOON)
          .until(() -> producer().get("/v1/batches/" + batch), FleetIT::isCompleted);
      assertThat(worker.received).hasSize(RunningProducer.MAX_TASKS_IN_BROKER + 7);
    }
    await().atMost(SOON).until(() -> route(0).path("waits_for").isNull());
  }

  private static double windowUsed(String route) throws Exception {
    String line = "sluice_completion_window_used_ratio{route=\"%s\"} ".formatted(route);
    return producer()
        .send(producer().request("/actuator/prometheus"))
        .body()
        .lines()
        .filter(one -> one.startsWith(line))
        .mapToDouble(one -> Double.parseDouble(one.substring(line.length())))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void invalidReportsAreIgnored() throws Exception {
    RabbitTemplate publisher = new RabbitTemplate(workers());
    for (String body : List.of("no report", "{}", "x".repeat(300_000))) {
      publisher.send(Exchanges.FLEET, FleetTopics.REPORT, new Message(body.getBytes(UTF_8)));
    }
    report(worker("worker-after", 60_000, 1, null));
    await().atMost(SOON).until(() -> names().contains("worker-after"));

    assertThat(producer().send(producer().request("/actuator/prometheus")).body())
        .contains("sluice_fleet_ignored_total{reason=\"unreadable\"} 3.0");
    report(worker("worker-after", 1, 0, null));
  }

  @Test
  void reportsResumeAfterABrokerOutage() throws Exception {
    report(worker("worker-before", 60_000, 1, null));
    await().atMost(SOON).until(() -> names().contains("worker-before"));

    Objects.requireNonNull(proxy).cut(); // the exclusive queue disappears with its connection
    await()
        .atMost(SOON)
        .until(
            () -> {
              report(worker("worker-later", 60_000, 1, null));
              return names().contains("worker-later");
            });
    assertThat(names()).contains("worker-before");
    report(worker("worker-before", 1, 0, null));
    report(worker("worker-later", 1, 0, null));
  }

  @Test
  void deletedReportQueueIsDeclaredAgain() {
    String queue =
        producer()
            .context()
            .getBean("reportQueue", Declarables.class)
            .getDeclarablesByType(Queue.class)
            .getFirst()
            .getName();
    assertThat(producer().bean(AmqpAdmin.class).deleteQueue(queue)).isTrue();

    await()
        .atMost(SOON)
        .until(
            () -> {
              report(worker("worker-again", 60_000, 1, null));
              return names().contains("worker-again");
            });
    report(worker("worker-again", 1, 0, null));
  }

  @Test
  void routesRequireAKeyAndNeverShowTheProviderKey() throws Exception {
    assertThat(
            producer()
                .send(producer().request("/api/routes").setHeader("Authorization", "Bearer no"))
                .statusCode())
        .isEqualTo(401);
    String body = producer().send(producer().request("/api/routes")).body();
    assertThat(body).contains(ROUTE).doesNotContain(RunningProducer.PROVIDER_KEY);
  }

  private static JsonNode plan(String query) throws Exception {
    return producer().get("/api/plan/" + ROUTE + query);
  }

  private static WorkerReport worker(
      String name, long validForMillis, int running, @Nullable HoldReport hold) {
    return new WorkerReport(
        name,
        validForMillis,
        false,
        List.of(
            new RouteReport(
                ROUTE,
                8,
                running,
                1,
                "requests_per_minute",
                hold,
                List.of(new LimitReport("requests", 500, "advertised", 490, 12L)),
                "redis",
                1,
                new CallsReport(10, 1, 800, 330))));
  }

  private static void report(WorkerReport report) {
    new RabbitTemplate(workers())
        .send(Exchanges.FLEET, FleetTopics.REPORT, FleetCodec.write(report));
  }

  private static List<String> names() throws IOException, InterruptedException {
    return route()
        .path("per_worker")
        .valueStream()
        .map(worker -> worker.path("name").asString())
        .toList();
  }

  private static JsonNode route() throws IOException, InterruptedException {
    return route(1);
  }

  private static JsonNode route(int index) throws IOException, InterruptedException {
    return producer().get("/api/routes").path("routes").path(index);
  }

  private static boolean isCompleted(JsonNode batch) {
    return batch.path("status").asString().equals("completed");
  }

  private static CachingConnectionFactory workers() {
    return Objects.requireNonNull(workers);
  }

  private static RunningProducer producer() {
    return Objects.requireNonNull(running);
  }
}
