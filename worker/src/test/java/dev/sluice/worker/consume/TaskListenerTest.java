package dev.sluice.worker.consume;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeCodec;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.common.wire.TaskReadResult;
import dev.sluice.platform.route.ProviderDialect;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.platform.route.TestRoutes;
import dev.sluice.worker.check.AnswerChecker;
import dev.sluice.worker.fleet.FleetClock;
import dev.sluice.worker.fleet.SuspendedBatches;
import dev.sluice.worker.guard.ContextGuard;
import dev.sluice.worker.limit.PeerWorkers;
import dev.sluice.worker.limit.RateLimiter;
import dev.sluice.worker.limit.TokenEstimator;
import dev.sluice.worker.limit.bucket.Buckets;
import dev.sluice.worker.live.LiveCallers;
import dev.sluice.worker.settle.ConfirmChannel;
import dev.sluice.worker.settle.ConfirmedPublisher;
import dev.sluice.worker.settle.OutcomeSettler;
import dev.sluice.worker.settle.SettlementPolicy;
import dev.sluice.worker.telemetry.WorkerMetrics;
import dev.sluice.worker.telemetry.trace.Tracing;
import dev.sluice.worker.tier.RouteTiers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

class TaskListenerTest {
  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
  private static final long TAG = 7;

  private final RouteSettings route = TestRoutes.route("r", Map.of());
  private final List<String> settled = new ArrayList<>();
  private final ConfirmingChannel broker = new ConfirmingChannel();

  @Test
  void requeuedTaskIsPublishedUnchangedBeforeItIsAcknowledged() {
    TaskIds ids = new TaskIds("t", "b", "/v1/chat/completions", "r", Lane.BATCH, "c", null, 3);
    TaskMessage task =
        TaskMessage.first(ids, NOON, NOON.plusSeconds(60), Payload.of("{\"model\":\"m\"}"))
            .throttled(NOON.plusSeconds(5));

    listener().requeue(delivered(TaskCodec.write(task)), channel());

    assertThat(settled).containsExactly("publish sluice.tasks r", "basicAck 7");
    assertThat(TaskCodec.read(broker.sent.getFirst(), "r", Instant.EPOCH))
        .isEqualTo(new TaskReadResult.Task(task));
  }

  @Test
  void malformedMessageBecomesADeadLetterInsteadOfReturning() {
    listener().requeue(delivered(new Message("{}".getBytes(UTF_8))), channel());

    assertThat(settled)
        .containsExactly("publish " + Exchanges.OUTCOMES + " failed.r", "basicAck 7");
    assertThat(OutcomeCodec.read(broker.sent.getFirst()).failure())
        .isEqualTo(new Failure(FailureCode.MALFORMED_TASK, "message_id is missing"));
  }

  private static Message delivered(Message message) {
    MessageProperties properties = message.getMessageProperties();
    properties.setDeliveryTag(TAG);
    return message;
  }

  private Channel channel() {
    return (Channel)
        Proxy.newProxyInstance(
            Channel.class.getClassLoader(),
            new Class<?>[] {Channel.class},
            (self, method, arguments) -> {
              if (method.getName().startsWith("basic")) {
                settled.add(method.getName() + " " + arguments[0]);
              }
              return method.getReturnType() == boolean.class ? Boolean.TRUE : null;
            });
  }

  private TaskListener listener() {
    FleetClock clock = new FleetClock(Clock.systemUTC(), System::nanoTime);
    TokenEstimator estimator = new TokenEstimator();
    RouteContext context =
        new RouteContext(
            route,
            MemberConnection.of(route, new DefaultSslBundleRegistry()),
            RateLimiter.of(route, Buckets.local(), PeerWorkers.NONE, new Random(1)),
            new SettlementPolicy(route, new Random(1), "w"),
            new RouteTiers(route),
            new ProjectTasks(8),
            new WorkerMetrics(new SimpleMeterRegistry(), "r", ProviderDialect.OPENAI),
            Tracing.off(),
            new ContentLog(/* enabled= */ false));
    TaskRunner runner =
        new TaskRunner(
            context,
            new PreCallChecks(context.policy(), new SuspendedBatches(clock), clock),
            new ContextGuard(route.context(), estimator),
            estimator,
            new CallExecutor(context, clock.own()),
            new AnswerChecker(),
            clock);
    return new TaskListener(
        context,
        Lane.BATCH,
        runner,
        new LiveCallers(new CachingConnectionFactory("127.0.0.1"), "queue", "w"),
        new OutcomeSettler(new ConfirmedPublisher(broker), context.metrics()),
        new TaskDeduplicator(Duration.ZERO, System::nanoTime),
        clock);
  }

  /** Confirms each message at once. */
  private final class ConfirmingChannel implements ConfirmChannel {
    private final List<Message> sent = new ArrayList<>();

    @Override
    public CompletableFuture<Optional<String>> publish(
        String exchange, String key, Message message) {
      settled.add("publish " + exchange + " " + key);
      sent.add(message);
      return CompletableFuture.completedFuture(Optional.empty());
    }
  }
}
