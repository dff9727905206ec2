package dev.sluice.worker.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.HoldMessage;
import dev.sluice.common.fleet.RouteOverridesMessage;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.platform.route.TestRoutes;
import dev.sluice.worker.limit.HoldAnnouncement;
import dev.sluice.worker.limit.HoldKind;
import dev.sluice.worker.limit.LimiterStatus;
import dev.sluice.worker.limit.PeerWorkers;
import dev.sluice.worker.limit.RateLimiter;
import dev.sluice.worker.limit.bucket.Buckets;
import dev.sluice.worker.tier.RouteTiers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

class FleetLinkTest {
  private final RouteSettings route = TestRoutes.route("r", Map.of());
  private final Instant noon = Instant.parse("2026-11-01T12:00:00Z");
  private final FleetClock clock = new FleetClock(Clock.fixed(noon, ZoneOffset.UTC), () -> 0);
  private final SlowHoldTemplate template = new SlowHoldTemplate();
  private final FleetLink fleet =
      new FleetLink(
          "w",
          new SuspendedBatches(Clock.systemUTC()),
          new UnsettledTasks("w"),
          clock,
          template,
          new RabbitAdmin(template));

  private PeerWorkers peers = PeerWorkers.NONE;
  private final RateLimiter limiter =
      fleet.join(route, new RouteTiers(route)::status, this::limiter);

  private RateLimiter limiter(PeerWorkers joined) {
    peers = joined;
    return RateLimiter.of(route, Buckets.local(), joined, new Random(1));
  }

  @AfterEach
  void close() {
    limiter.close();
    fleet.close();
  }

  @Test
  void aReleaseNeverOvertakesTheHoldThatItEnds() {
    fleet.start();

    peers.announce(
        new HoldAnnouncement.Hold(
            HoldKind.BREAKER, "HTTP 503", Duration.ofSeconds(1), Map.of(), Set.of(), Set.of()));
    peers.announce(new HoldAnnouncement.Release(HoldKind.BREAKER, "HTTP 503"));

    await().until(() -> template.sentMillis.size() == 2);
    assertThat(template.sentMillis).containsExactly(1_000L, 0L);
  }

  @Test
  void aPeersHoldOfZeroMillisecondsReleasesTheRoute() {
    fleet.onMessage(hold("peer", 30_000));
    fleet.onMessage(hold("w", 0));
    LimiterStatus.Hold hold = limiter.status().hold();
    assertThat(hold).as("this worker ignores its own messages").isNotNull();
    assertThat(hold.kind()).isEqualTo(HoldKind.QUOTA);

    fleet.onMessage(hold("peer", 0));
    assertThat(limiter.status().hold()).isNull();
  }

  @Test
  void onlyProducersSetTheTime() {
    Message ofPeer = hold("peer", 30_000);
    ofPeer.getMessageProperties().setTimestamp(Date.from(noon.minusSeconds(7_200)));
    fleet.onMessage(ofPeer);
    assertThat(clock.offset()).isZero();

    Message ofProducer = FleetCodec.write(new RouteOverridesMessage(List.of()));
    ofProducer.getMessageProperties().setReceivedRoutingKey(FleetTopics.ROUTE_OVERRIDES);
    ofProducer.getMessageProperties().setTimestamp(Date.from(noon.minusSeconds(3_600)));
    fleet.onMessage(ofProducer);
    assertThat(clock.offset()).isEqualTo(Duration.ofHours(1));
  }

  private static Message hold(String worker, long millis) {
    Message message =
        FleetCodec.write(
            new HoldMessage(worker, "r", HoldKind.QUOTA.wireName(), "no quota", millis, List.of()));
    message.getMessageProperties().setReceivedRoutingKey(FleetTopics.HOLD);
    return message;
  }

  /** Delays a hold until the release is sent, for at most 300 ms. */
  private static final class SlowHoldTemplate extends RabbitTemplate {
    private final List<Long> sentMillis = new CopyOnWriteArrayList<>();
    private final CountDownLatch releaseSent = new CountDownLatch(1);

    SlowHoldTemplate() {
      super(new CachingConnectionFactory("127.0.0.1"));
    }

    @Override
    public <T extends @Nullable Object> T invoke(
        OperationsCallback<T> action,
        com.rabbitmq.client.@Nullable ConfirmCallback acks,
        com.rabbitmq.client.@Nullable ConfirmCallback nacks) {
      return action.doInRabbit(this);
    }

    @Override
    public void send(@Nullable String exchange, @Nullable String topic, Message message) {
      if (FleetTopics.HOLD.equals(topic)) {
        FleetCodec.hold(message).filter(hold -> hold.route().equals("r")).ifPresent(this::record);
      }
    }

    private void record(HoldMessage hold) {
      try {
        if (hold.millis() > 0) {
          boolean unused = releaseSent.await(300, TimeUnit.MILLISECONDS);
        }
      } catch (InterruptedException closed) {
        Thread.currentThread().interrupt();
      }
      sentMillis.add(hold.millis());
      if (hold.millis() == 0) {
        releaseSent.countDown();
      }
    }
  }
}
