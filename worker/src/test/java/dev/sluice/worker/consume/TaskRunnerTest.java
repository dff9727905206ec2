package dev.sluice.worker.consume;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.common.fleet.SuspensionMessage;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.platform.route.TestRoutes;
import dev.sluice.worker.check.AnswerChecker;
import dev.sluice.worker.fleet.FleetClock;
import dev.sluice.worker.fleet.SuspendedBatches;
import dev.sluice.worker.guard.ContextGuard;
import dev.sluice.worker.limit.Admission;
import dev.sluice.worker.limit.CallFeedback;
import dev.sluice.worker.limit.RateLimiter;
import dev.sluice.worker.limit.RouteHealth;
import dev.sluice.worker.limit.TokenEstimator;
import dev.sluice.worker.live.LiveCaller;
import dev.sluice.worker.settle.Settlement;
import dev.sluice.worker.settle.SettlementPolicy;
import dev.sluice.worker.telemetry.WorkerMetrics;
import dev.sluice.worker.telemetry.trace.Tracing;
import dev.sluice.worker.tier.RouteTiers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

class TaskRunnerTest {
  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
  private static final byte[] REPLY = "{\"choices\":[]}".getBytes(UTF_8);

  private final FleetClock clock = new FleetClock(Clock.systemUTC(), System::nanoTime);
  private final SuspendedBatches suspended = new SuspendedBatches(clock);
  private final Queue<Supplier<Admission>> admissions = new ArrayDeque<>();
  private final List<CallFeedback> feedback = new ArrayList<>();
  private final Queue<String> rejections = new ConcurrentLinkedQueue<>();
  private final List<String> received = new CopyOnWriteArrayList<>();
  private HttpServer provider;

  @BeforeEach
  void startProvider() throws IOException {
    provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    provider.createContext(
        "/",
        exchange -> {
          received.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          String rejection = rejections.poll();
          byte[] reply = rejection == null ? REPLY : rejection.getBytes(UTF_8);
          exchange.sendResponseHeaders(rejection == null ? 200 : 400, reply.length);
          exchange.getResponseBody().write(reply);
          exchange.close();
        });
    provider.start();
  }

  @AfterEach
  void stopProvider() {
    provider.stop(0);
  }

  @Test
  void calledTaskFinishesAndEndsItsPermit() throws InterruptedException {
    admissions.add(this::granted);

    assertThat(run()).isInstanceOf(Settlement.Finish.class);
    assertThat(feedback).singleElement().isInstanceOf(CallFeedback.Succeeded.class);
  }

  @Test
  void withdrawnTaskThatIsWantedAgainWaitsForAnotherPermit() throws InterruptedException {
    admissions.add(Admission.Withdrawn::new);
    admissions.add(this::granted);

    assertThat(run()).isInstanceOf(Settlement.Finish.class);
    assertThat(feedback).hasSize(1);
  }

  @Test
  void withdrawnTaskOfAPausedBatchIsDelayed() throws InterruptedException {
    admissions.add(
        () -> {
          pauseBatch();
          return new Admission.Withdrawn();
        });

    assertThat(run()).isInstanceOf(Settlement.Delay.class);
    assertThat(feedback).isEmpty();
  }

  @Test
  void taskThatIsPausedDuringItsWaitReturnsItsPermit() throws InterruptedException {
    admissions.add(
        () -> {
          pauseBatch();
          return granted();
        });

    assertThat(run()).isInstanceOf(Settlement.Delay.class);
    assertThat(feedback).containsExactly(new CallFeedback.NotSent());
  }

  @Test
  void taskWithoutAPermitIsRequeuedOrDelayed() throws InterruptedException {
    admissions.add(Admission.TimedOut::new);
    assertThat(run()).isInstanceOf(Settlement.Requeue.class);

    admissions.add(Admission.ShuttingDown::new);
    assertThat(run()).isInstanceOf(Settlement.Requeue.class);

    admissions.add(() -> new Admission.SourceHeld(Duration.ofSeconds(30)));
    assertThat(run()).isInstanceOf(Settlement.Delay.class);
  }

  @Test
  void taskOfTheFlexTierIsSentAtTheStandardTierIfItsModelHasNone() throws InterruptedException {
    TaskRunner runner = runner("flex");
    admissions.add(this::granted);
    rejections.add(
        """
        {"error":{"message":"Flex is not available for this model.","param":"service_tier"}}""");

    Settlement.Delay delay = (Settlement.Delay) run(runner, task());
    admissions.add(this::granted);
    admissions.add(this::granted);

    assertThat(run(runner, delay.task().postponed(NOON))).isInstanceOf(Settlement.Finish.class);
    assertThat(run(runner, task())).as("remembered").isInstanceOf(Settlement.Finish.class);
    assertThat(received)
        .containsExactly(
            "{\"service_tier\":\"flex\",\"model\":\"m\"}",
            "{\"model\":\"m\"}",
            "{\"model\":\"m\"}");
    assertThat(feedback.getFirst()).isInstanceOf(CallFeedback.Rejected.class);
  }

  private void pauseBatch() {
    suspended.onSuspension(new SuspensionMessage("r", 60_000, List.of(), List.of("b"), List.of()));
  }

  private Admission granted() {
    return new Admission.Granted(
        result -> {
          feedback.add(result);
          return RouteHealth.HEALTHY;
        });
  }

  private Settlement run() throws InterruptedException {
    return run(runner("standard"), task());
  }

  private static Settlement run(TaskRunner runner, TaskMessage task) throws InterruptedException {
    return runner.run(new ReceivedTask(task, LiveCaller.NONE, /* redelivered= */ false));
  }

  private static TaskMessage task() {
    TaskIds ids = new TaskIds("t", "b", "/v1/chat/completions", "r", Lane.BATCH, "c", null);
    return TaskMessage.first(ids, NOON, null, Payload.of("{\"model\":\"m\"}"));
  }

  private TaskRunner runner(String tier) {
    RouteSettings route =
        TestRoutes.route(
            "r",
            Map.of(
                "provider.url",
                "http://127.0.0.1:" + provider.getAddress().getPort() + "/v1",
                "tier",
                tier));
    TokenEstimator estimator = new TokenEstimator();
    RouteContext context =
        new RouteContext(
            route,
            MemberConnection.of(route, new DefaultSslBundleRegistry()),
            limiter(),
            new SettlementPolicy(route, new Random(1), "w"),
            new RouteTiers(route),
            new ProjectTasks(8),
            new WorkerMetrics(new SimpleMeterRegistry(), "r", route.provider().dialect()),
            Tracing.off(),
            new ContentLog(/* enabled= */ false));
    return new TaskRunner(
        context,
        new PreCallChecks(context.policy(), suspended, clock),
        new ContextGuard(route.context(), estimator),
        estimator,
        new CallExecutor(context, clock.own()),
        new AnswerChecker(),
        clock);
  }

  /** Answers each request for a permit with the next admission. */
  private RateLimiter limiter() {
    return (RateLimiter)
        Proxy.newProxyInstance(
            RateLimiter.class.getClassLoader(),
            new Class<?>[] {RateLimiter.class},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "acquire" -> admissions.remove().get();
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }
}
